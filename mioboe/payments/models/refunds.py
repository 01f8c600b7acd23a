from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.payments.models.charges import Charge
from mioboe.site.states import Stateful


class RefundState(models.TextChoices):
    ASKED = "asked", _("asked for")
    PENDING = "pending", _("accepted, on its way")
    SETTLED = "settled", _("refunded")
    FAILED = "failed", _("failed")
    RELEASED = "released", _("released before it was taken")


# The gateway has said yes, or nobody needed to be asked: what was promised is under way or done.
ACCEPTED = (RefundState.PENDING, RefundState.SETTLED, RefundState.RELEASED)


class Refund(Stateful):
    """Money of a charge given back. Reserved on the charge before the gateway is asked. One row a key, whether it was paid
    back after it was taken or released before (such a row is RELEASED from the beginning)."""

    CHANGES = {
        RefundState.ASKED: {RefundState.PENDING, RefundState.SETTLED, RefundState.FAILED},
        RefundState.PENDING: {RefundState.SETTLED, RefundState.FAILED},
        # A bank may send back what was paid out already (https://docs.stripe.com/refunds#failed-refunds).
        RefundState.SETTLED: {RefundState.FAILED},
        RefundState.FAILED: set(),
        RefundState.RELEASED: set(),
    }

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds")
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.ASKED)
    gateway_ref = models.CharField(max_length=100, blank=True, db_index=True)
    problem = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_refund_is_above_zero"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="refund_state_known"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=False) | ~Q(state=RefundState.SETTLED), name="settled_has_a_time"
            ),
        ]

    @property
    def ref(self) -> str:
        return f"refund:{self.pk}"

    @property
    def is_accepted(self) -> bool:
        """Whether nothing is left to be asked of the gateway for it."""
        return self.state in ACCEPTED and not (self.state == RefundState.RELEASED and self.charge.is_to_be_voided)
