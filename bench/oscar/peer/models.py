from django.db import models


class Capture(models.Model):
    """The acquirer's books, as our till keeps them."""

    key = models.CharField(max_length=80, unique=True)
    ref = models.CharField(max_length=40, unique=True)
    token = models.CharField(max_length=100)
    amount = models.PositiveBigIntegerField()
    at = models.DateTimeField(auto_now_add=True)


class Waiting(models.Model):
    """A mail that waits to be sent."""

    to = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
