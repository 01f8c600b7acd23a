from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.payments.models import Charge, Refund


class Outcome(models.TextChoices):
    CHARGE = "charge", _("matches a charge of ours")
    REFUND = "refund", _("matches a refund of ours")
    UNKNOWN = "unknown", _("carries our name, but we know of no such charge")


class StatementCheck(models.Model):
    """One look at a card statement. The file itself is not kept, and no other shop's lines are."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="statement_checks")
    issuer = models.CharField(max_length=20)
    line_count = models.PositiveIntegerField()
    missing_refunds = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(default=timezone.now)


class StatementLine(models.Model):
    """A line that carries our name."""

    check_of = models.ForeignKey(StatementCheck, models.CASCADE, related_name="lines")
    date = models.DateField()
    merchant = models.CharField(max_length=100)
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    outcome = models.CharField(max_length=10, choices=Outcome)
    charge = models.ForeignKey(Charge, models.SET_NULL, null=True)
    refund = models.ForeignKey(Refund, models.SET_NULL, null=True)
