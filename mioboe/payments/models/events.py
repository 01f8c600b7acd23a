from django.db import models
from django.utils import timezone


class GatewayEvent(models.Model):
    """Something that a gateway told us of by webhook: only what it is about. How it stands is read from the gateway when it
    is handled, as events come late, twice and in any order."""

    event_id = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=100)
    about = models.CharField(max_length=100)  # the gateway's id of the refund, payment or dispute
    at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True)
