"""What the till does later, and tells us of as a webhook would."""

from django.db import transaction
from procrastinate.contrib.django import app

from mioboe.payments.actions import note_lapsed, note_repayment
from mioboe.payments.gateways import Repayment
from mioboe.payments.gateways.till.misbehaving import is_to_fail
from mioboe.payments.gateways.till.models import Payment, Return
from mioboe.payments.models import Charge, Refund


@app.task(name="till.settle", retry=10)
def settle(ref: str) -> None:
    """Pays a refund out, or has it sent back by the bank, and tells whoever asked for it."""
    state = Return.State.FAILED if is_to_fail("settle") else Return.State.SETTLED
    with transaction.atomic():
        given = Return.objects.select_for_update().get(ref=ref)
        if given.state == Return.State.PENDING:
            given.state = state
            given.save(update_fields=["state"])
    refund = Refund.objects.filter(key=given.key).select_related("charge__person", "charge__card").first()
    if refund is not None:
        settled = given.state == Return.State.SETTLED
        note_repayment(
            refund, Repayment(given.ref, "settled" if settled else "failed", "" if settled else "sent back by the bank")
        )


@app.task(name="till.expire", retry=10)
def expire(ref: str) -> None:
    """Ends a reservation that nobody took, and tells whoever asked for it."""
    payment = Payment.objects.get(ref=ref)
    if payment.state == Payment.State.AUTHORISED:
        charge = Charge.objects.filter(gateway_ref=ref).select_related("person").first()
        if charge is not None:
            note_lapsed(charge, "the bank held it for seven days")
