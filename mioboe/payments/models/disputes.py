from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField

from mioboe.payments.models.charges import Charge
from mioboe.site.states import Stateful


class DisputeState(models.TextChoices):
    OPEN = "open", _("to be answered")
    WON = "won", _("won")
    LOST = "lost", _("lost")


class Dispute(Stateful):
    """A chargeback: the cardholder told the bank that a charge was not theirs."""

    CHANGES = {
        DisputeState.OPEN: {DisputeState.WON, DisputeState.LOST},
        DisputeState.WON: set(),
        DisputeState.LOST: set(),
    }

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="disputes")
    gateway_ref = models.CharField(max_length=100, unique=True)
    amount = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    reason = models.CharField(max_length=60)  # the card scheme's, in the gateway's word: "fraudulent"
    due_at = models.DateTimeField(null=True)  # until when evidence is taken; none where the bank takes none
    state = models.CharField(max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_dispute_is_above_zero"),
            models.CheckConstraint(condition=Q(state__in=DisputeState.values), name="dispute_state_known"),
        ]
