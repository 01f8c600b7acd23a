from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField
from moneyed import Money

from mioboe.payments.models.cards import Card
from mioboe.site.ids import new_id
from mioboe.site.states import Stateful


class ChargeState(models.TextChoices):
    ASKED = "asked", _("asked for")
    AUTHORISED = "authorised", _("reserved on the card")
    CAPTURED = "captured", _("paid")
    VOIDED = "voided", _("reservation released")
    LAPSED = "lapsed", _("reservation expired")
    DECLINED = "declined", _("declined")


class Charge(Stateful):
    """Money of a card for something (`reference`, such as "order:K7QM2X9P"; this room knows no orders): reserved, then
    taken, or both at once where `capture_now`."""

    CHANGES = {
        ChargeState.ASKED: {ChargeState.AUTHORISED, ChargeState.CAPTURED, ChargeState.DECLINED},
        ChargeState.AUTHORISED: {ChargeState.CAPTURED, ChargeState.VOIDED, ChargeState.LAPSED},
        ChargeState.CAPTURED: set(),
        ChargeState.VOIDED: set(),
        ChargeState.LAPSED: set(),
        ChargeState.DECLINED: set(),
    }

    number = models.CharField(max_length=8, unique=True, default=new_id)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="charges")
    card = models.ForeignKey(Card, models.PROTECT)
    reference = models.CharField(max_length=60, db_index=True)
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")  # authorised
    # Decided to be taken, before the gateway is asked: from then on nothing of it can be released any more.
    to_capture = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)
    captured = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)
    # Given up before it was taken. All of it released is a charge to be voided.
    released = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)
    refunded = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY", default=0)
    capture_now = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=ChargeState, default=ChargeState.ASKED)
    key = models.CharField(max_length=80, unique=True)  # idempotency key, the same whenever we ask again
    gateway_ref = models.CharField(max_length=100, blank=True, db_index=True)
    problem = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    authorised_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_charge_is_above_zero"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("captured")), name="never_refund_more_than_was_paid"
            ),
            models.CheckConstraint(
                condition=Q(to_capture__gte=0)
                & Q(released__gte=0)
                & Q(amount__gte=F("to_capture") + F("released"))
                & Q(captured__gte=0)
                & Q(amount__gte=F("captured") + F("released")),
                name="never_take_more_than_is_reserved",
            ),
            models.CheckConstraint(
                condition=Q(state=ChargeState.CAPTURED, captured__gt=0)
                | ~Q(state=ChargeState.CAPTURED) & Q(captured=0),
                name="only_what_is_captured_was_taken",
            ),
            models.CheckConstraint(
                condition=Q(
                    to_capture_currency=F("amount_currency"),
                    captured_currency=F("amount_currency"),
                    released_currency=F("amount_currency"),
                    refunded_currency=F("amount_currency"),
                ),
                name="a_charge_has_one_currency",
            ),
            models.CheckConstraint(condition=Q(state__in=ChargeState.values), name="charge_state_known"),
        ]

    @property
    def ref(self) -> str:
        return f"charge:{self.number}"

    @property
    def left(self) -> Money:
        """What could still be given back: of what was taken, or of what is reserved and not taken yet."""
        if self.state == ChargeState.CAPTURED:
            return self.captured - self.refunded
        if self.state == ChargeState.AUTHORISED:
            return self.amount - self.released
        return self.amount - self.amount

    @property
    def is_to_be_voided(self) -> bool:
        """All of it was given up, and the gateway has not been heard to know it."""
        return self.state == ChargeState.AUTHORISED and self.released == self.amount
