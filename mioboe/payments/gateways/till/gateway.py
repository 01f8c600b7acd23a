"""Gateway `till`: a small acquirer for shops that try things out. It keeps books of its own and never shares a
transaction with its callers (`durable=True` refuses to run inside one)."""

import secrets

from django.db import transaction
from django.db.models import F
from moneyed import Money

from mioboe.payments.gateways import Answer, Declined
from mioboe.payments.gateways.till.models import Capture, Return

# Like the test cards of real acquirers: a token that ends so is always declined.
DECLINED_TOKEN = "-declined"


def capture(key: str, token: str, amount: Money, reference: str) -> Answer:
    """See `Gateway.capture`."""
    if token.endswith(DECLINED_TOKEN):
        raise Declined("the card was declined")
    with transaction.atomic(durable=True):
        row, _ = Capture.objects.get_or_create(
            key=key, defaults={"ref": f"cap_{secrets.token_hex(8)}", "token": token, "amount": int(amount.amount)}
        )
    if (row.amount, row.token) != (int(amount.amount), token):
        raise Declined("this key was used for another payment")
    return Answer(row.ref, settled=True)


def refund(key: str, gateway_ref: str, amount: Money) -> Answer:
    """See `Gateway.refund`."""
    yen = int(amount.amount)
    with transaction.atomic(durable=True):
        taken = Capture.objects.select_for_update().filter(ref=gateway_ref).first()
        if taken is None:
            raise Declined("no such payment")
        row = Return.objects.filter(key=key).first()
        if row is None:
            if taken.refunded + yen > taken.amount:
                raise Declined("more than was paid")
            Capture.objects.filter(pk=taken.pk).update(refunded=F("refunded") + yen)
            row = Return.objects.create(key=key, ref=f"ret_{secrets.token_hex(8)}", capture=taken, amount=yen)
    if (row.amount, row.capture_id) != (yen, taken.pk):
        raise Declined("this key was used for another refund")
    return Answer(row.ref, settled=True)
