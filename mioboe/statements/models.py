from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.payments.models import Charge, Refund


class Outcome(models.TextChoices):
    CHARGE = "charge", _("matches a charge of ours")
    REFUND = "refund", _("matches a refund of ours")
    SEVERAL = "several", _("several charges or refunds of ours in one")
    PART = "part", _("a part of a charge of ours")
    NET = "net", _("a charge of ours, less what was refunded of it")
    LIKELY = "likely", _("probably ours under another name: the amount and the day fit")
    UNKNOWN = "unknown", _("carries our name, but we know of no such charge")


class StatementCheck(models.Model):
    """One look at a card statement. The file itself is not kept, and no other shop's lines are."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="statement_checks")
    issuer = models.CharField(max_length=20)
    line_count = models.PositiveIntegerField()
    missing_refunds = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(default=timezone.now)


class StatementLine(models.Model):
    """A line that is ours, or says so."""

    check_of = models.ForeignKey(StatementCheck, models.CASCADE, related_name="lines")
    date = models.DateField()
    merchant = models.CharField(max_length=100)
    amount = MoneyField(max_digits=14, decimal_places=2, default_currency="JPY")
    outcome = models.CharField(max_length=10, choices=Outcome)
    charge = models.ForeignKey(Charge, models.SET_NULL, null=True)
    refund = models.ForeignKey(Refund, models.SET_NULL, null=True)
    # What it is about, such as "order:K7QM2X9P"; several where it is several charges.
    about = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        ordering = ["date", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="statement_outcome_known")
        ]

    @property
    def orders(self) -> list[str]:
        """The numbers of the orders that it is about."""
        return [ref.removeprefix("order:") for ref in self.about if ref.startswith("order:")]
