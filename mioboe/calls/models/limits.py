"""What the limits count (calls/limits.py)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.calls.models.callbacks import Callback


class Asked(models.Model):
    """A call that was asked for. Of the number and the line only digests are kept."""

    callback = models.ForeignKey(Callback, models.SET_NULL, null=True, related_name="asked")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    number = models.CharField(max_length=64)
    line = models.CharField(max_length=64, blank=True)  # the network address; "" where nobody knows it
    is_known = models.BooleanField()  # the number had been on the person's file for long
    cost = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    settled_at = models.DateTimeField(null=True)  # from then on the cost is what it came to, not what was reserved

    class Meta:
        indexes = [
            models.Index(fields=["number", "-at"], name="calls_asked_number"),
            models.Index(fields=["person", "-at"], name="calls_asked_person"),
            models.Index(fields=["line", "-at"], name="calls_asked_line"),
        ]


class CallDay(models.Model):
    """How much was asked for on a day of the shop's calendar, all customers together."""

    day = models.DateField(primary_key=True)
    asked = models.PositiveIntegerField(default=0)
    cost = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)


class LimitName(models.TextChoices):
    NUMBER = "number", _("calls to one number")
    STRANGER = "stranger", _("calls to a number that the account has not had on file")
    ACCOUNT = "account", _("calls for one account")
    LINE = "line", _("different numbers from one network address")
    DAY = "day", _("calls a day, all together")
    SPEND = "spend", _("money a day, all together")


class Refused(models.Model):
    """What a limit refused on a day: one row for each limit and what it counts, however often."""

    day = models.DateField()
    limit = models.CharField(max_length=10, choices=LimitName)
    key = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number_end = models.CharField(max_length=40)  # masked
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("day", "limit", "key", name="a_refusal_once_a_day"),
            models.CheckConstraint(condition=models.Q(limit__in=LimitName.values), name="limit_known"),
        ]
