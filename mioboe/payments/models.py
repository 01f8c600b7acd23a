from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.site.ids import new_id
from mioboe.site.states import Stateful


class Card(models.Model):
    """A saved card: the gateway's token, brand, last four and expiry. A card number never arrives here."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cards")
    token = models.CharField(max_length=100, unique=True)
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    expires = models.CharField(max_length=7)  # MM/YYYY
    removed_at = models.DateTimeField(null=True)


class ChargeState(models.TextChoices):
    ASKED = "asked", _("asked for")
    CAPTURED = "captured", _("paid")
    DECLINED = "declined", _("declined")


class RefundState(models.TextChoices):
    ASKED = "asked", _("asked for")
    SETTLED = "settled", _("refunded")
    FAILED = "failed", _("failed")


class Charge(Stateful):
    """Money taken from a card for something (`reference`, such as "order:K7QM2X9P"; this room knows no orders)."""

    CHANGES = {
        ChargeState.ASKED: {ChargeState.CAPTURED, ChargeState.DECLINED},
        ChargeState.CAPTURED: set(),
        ChargeState.DECLINED: set(),
    }

    number = models.CharField(max_length=8, unique=True, default=new_id)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="charges")
    card = models.ForeignKey(Card, models.PROTECT)
    reference = models.CharField(max_length=60, db_index=True)
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    refunded = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)
    state = models.CharField(max_length=10, choices=ChargeState, default=ChargeState.ASKED)
    key = models.CharField(max_length=80, unique=True)  # idempotency key, the same whenever we ask again
    gateway_ref = models.CharField(max_length=100, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    captured_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_charge_is_above_zero"),
            models.CheckConstraint(
                condition=models.Q(refunded__gte=0) & models.Q(refunded__lte=models.F("amount")),
                name="never_refund_more_than_was_paid",
            ),
            models.CheckConstraint(condition=models.Q(state__in=ChargeState.values), name="charge_state_known"),
        ]

    @property
    def ref(self) -> str:
        return f"charge:{self.number}"


class Refund(Stateful):
    """Money given back for a charge. Reserved on the charge before the gateway is asked."""

    CHANGES = {
        RefundState.ASKED: {RefundState.SETTLED, RefundState.FAILED},
        RefundState.SETTLED: set(),
        RefundState.FAILED: set(),
    }

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds")
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.ASKED)
    gateway_ref = models.CharField(max_length=100, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_refund_is_above_zero"),
            models.CheckConstraint(condition=models.Q(state__in=RefundState.values), name="refund_state_known"),
        ]


class LedgerRow(models.Model):
    """One side of a movement of money; the two rows of a `movement` sum to zero."""

    movement = models.CharField(max_length=80)
    account = models.CharField(max_length=40)
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("movement", "account", name="a_movement_once")]
