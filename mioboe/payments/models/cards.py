from django.conf import settings
from django.db import models


class Card(models.Model):
    """A saved card: the gateway's token, brand, last four and expiry. A card number never arrives here."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cards")
    token = models.CharField(max_length=100, unique=True)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    expires = models.CharField(max_length=7)  # MM/YYYY
    removed_at = models.DateTimeField(null=True)
