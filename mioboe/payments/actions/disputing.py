"""Chargebacks, as the gateway tells of them."""

from django.db import transaction
from django.utils import timezone

from mioboe.payments.actions.posting import post
from mioboe.payments.gateways import Chargeback
from mioboe.payments.models import Charge, Dispute, DisputeState, MovementKind
from mioboe.site.live import announce
from mioboe.trail.actions import record


@transaction.atomic
def note_dispute(charge: Charge, told: Chargeback) -> Dispute:
    """Writes down how a dispute of a charge stands. May be called any number of times: what was known changes nothing."""
    dispute, is_new = Dispute.objects.get_or_create(
        gateway_ref=told.gateway_ref,
        defaults={"charge": charge, "amount": told.amount, "reason": told.reason, "due_at": told.due_at},
    )
    if is_new:
        post(MovementKind.DISPUTE, f"dispute:{dispute.pk}", dispute.amount)
        _tell("opened", dispute)
    now = timezone.now()
    if told.state == "won" and dispute.change(DisputeState.OPEN, DisputeState.WON, closed_at=now):
        post(MovementKind.DISPUTE_WON, f"dispute:{dispute.pk}", dispute.amount)
        _tell("won", dispute)
    elif told.state == "lost" and dispute.change(DisputeState.OPEN, DisputeState.LOST, closed_at=now):
        post(MovementKind.DISPUTE_LOST, f"dispute:{dispute.pk}", dispute.amount)
        _tell("lost", dispute)
    return dispute


def _tell(verb: str, dispute: Dispute) -> None:
    charge = dispute.charge
    record(
        f"dispute.{verb}",
        [charge.ref, charge.reference, f"dispute:{dispute.pk}"],
        charge.person,
        amount=int(dispute.amount.amount),
        reason=dispute.reason,
    )
    announce(charge.reference)
