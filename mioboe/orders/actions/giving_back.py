"""Giving back the money of what was cancelled."""

from django.db import transaction
from django.utils import timezone

from mioboe.orders.models import Cancellation
from mioboe.payments import actions as payments
from mioboe.payments.gateways import Declined
from mioboe.payments.models import Charge, Refund
from mioboe.trail.actions import record


def give_back(cancellation: Cancellation) -> None:
    """Gives the money of a cancellation back, or as much of it as has not gone back some other way; before it was taken it
    lowers what will be taken. May be called any number of times; not inside a transaction. A refusal is noted for the desk.
    Raises Unsure, and TooMuch where somebody else's refund was faster: ask again."""
    if cancellation.given_back_at is not None or not cancellation.gives_back:
        return
    charge = Charge.objects.select_related("card", "person").filter(key=cancellation.order.charge_key).first()
    before = Refund.objects.filter(key=cancellation.key).first()
    if charge is not None and (before or charge.left.amount > 0):
        amount = before.amount if before else min(cancellation.amount, charge.left)
        try:
            payments.give_back(charge, amount, cancellation.key)
        except Declined as refusal:
            _note_refused(cancellation, str(refusal))
            return
    Cancellation.objects.filter(pk=cancellation.pk, given_back_at=None).update(given_back_at=timezone.now())


@transaction.atomic
def _note_refused(cancellation: Cancellation, why: str) -> None:
    if Cancellation.objects.filter(pk=cancellation.pk, problem="").update(problem=why[:200] or "refused"):
        order = cancellation.order
        record("order.give_back_refused", [order.ref, order.customer.ref], order.customer, number=order.number)
