from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField


class Account(models.TextChoices):
    """As a bookkeeper would call them. A debit is above zero, a credit below."""

    RECEIVABLE = "receivable_gateway", _("Receivable from the gateway")
    SALES = "sales", _("Sales")
    RETURNS = "sales_returns", _("Sales returns")
    PAYABLE = "refunds_payable", _("Refunds payable")
    DISPUTED = "disputed", _("Disputed, withheld by the gateway")
    CHARGEBACKS = "chargeback_losses", _("Losses by chargebacks")


class MovementKind(models.TextChoices):
    CAPTURE = "capture", _("Card charged")
    REFUND = "refund", _("Refund accepted")
    REFUND_SETTLED = "refund_settled", _("Refund paid out")
    REFUND_FAILED = "refund_failed", _("Refund failed: owed no more")
    REFUND_RETURNED = "refund_returned", _("Refund sent back by the bank")
    DISPUTE = "dispute", _("Withheld for a dispute")
    DISPUTE_WON = "dispute_won", _("Dispute won")
    DISPUTE_LOST = "dispute_lost", _("Dispute lost")


class LedgerRow(models.Model):
    """One side of a movement of money. The database refuses a transaction in which a `movement` does not sum to zero in
    each currency, and any change of a row (migration 0003)."""

    movement = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=MovementKind)
    account = models.CharField(max_length=40, choices=Account)
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["at"], name="ledger_by_day")]
        constraints = [
            models.UniqueConstraint("movement", "account", name="a_movement_once"),
            models.CheckConstraint(condition=Q(account__in=Account.values), name="ledger_account_known"),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="ledger_kind_known"),
        ]
