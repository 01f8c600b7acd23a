from django.db import models
from django.utils import timezone


class Capture(models.Model):
    """The till's own books: money taken."""

    key = models.CharField(max_length=80, unique=True)
    ref = models.CharField(max_length=40, unique=True)
    token = models.CharField(max_length=100)
    amount = models.PositiveBigIntegerField()
    refunded = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(refunded__lte=models.F("amount")), name="till_never_over_refunds")
        ]


class Return(models.Model):
    """The till's own books: money given back."""

    key = models.CharField(max_length=80, unique=True)
    ref = models.CharField(max_length=40, unique=True)
    capture = models.ForeignKey(Capture, models.PROTECT)
    amount = models.PositiveBigIntegerField()
    at = models.DateTimeField(default=timezone.now)
