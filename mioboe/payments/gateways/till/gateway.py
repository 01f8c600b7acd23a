"""Gateway `till`: a small acquirer for shops that try things out. It keeps books of its own and never shares a
transaction with its callers (`durable=True` refuses to run inside one)."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from moneyed import JPY, Money
from procrastinate.contrib.django import app

from mioboe.payments.gateways import CardFacts, Declined, Repayment, Unsure
from mioboe.payments.gateways import Payment as Answer
from mioboe.payments.gateways.till.keys import answer, begin
from mioboe.payments.gateways.till.misbehaving import behave
from mioboe.payments.gateways.till.models import CardOnFile, CardPage, Payment, Return
from mioboe.payments.gateways.till.numbers import Behaviour
from mioboe.site.rows import insert

# Like the test cards of real acquirers: a token that ends so is always declined.
DECLINED_TOKEN = "-declined"
# For how long a bank holds a reservation: a week is usual for cards.
AUTHORISATION_LIFE = timedelta(days=7)
_REFUSALS = {
    Behaviour.DECLINED: "the card was declined",
    Behaviour.NO_FUNDS: "insufficient funds",
    Behaviour.EXPIRED: "the card has expired",
}


def authorise(key: str, token: str, amount: Money, reference: str, capture_now: bool) -> Answer:
    """See `Gateway.authorise`."""
    yen, behaviour = int(amount.amount), _behaviour(token)
    with behave("authorise"):
        with transaction.atomic(durable=True):
            asked, is_first = begin(key, token, yen, reference, capture_now)
            if behaviour in _REFUSALS:
                raise Declined(_REFUSALS[behaviour])
            made = None
            if not asked.answer and not (is_first and behaviour == Behaviour.NOT_DONE):
                made = _reserve(key, token, yen, reference, capture_now)
                answer(asked, made.ref)
        if is_first and behaviour in (Behaviour.NOT_DONE, Behaviour.ANSWER_LOST):
            raise Unsure("the till did not answer in time")
        return _as_answer(made or Payment.objects.get(ref=asked.answer))


def _behaviour(token: str) -> Behaviour:
    if token.endswith(DECLINED_TOKEN):
        return Behaviour.DECLINED
    with connection.cursor() as cursor:
        cursor.execute("SELECT behaviour FROM till_cardonfile WHERE token = %s", [token])
        found = cursor.fetchone()
    return Behaviour(found[0]) if found else Behaviour.FINE


def _reserve(key: str, token: str, yen: int, reference: str, capture_now: bool) -> Payment:
    payment = insert(
        Payment(
            ref=f"pay_{secrets.token_hex(8)}",
            key=key,
            token=token,
            reference=reference,
            amount=yen,
            captured=yen if capture_now else 0,
            state=Payment.State.CAPTURED if capture_now else Payment.State.AUTHORISED,
            expires_at=timezone.now() + AUTHORISATION_LIFE,
        )
    )
    if not capture_now:
        app.configure_task("till.expire", schedule_at=payment.expires_at).defer(ref=payment.ref)
    return payment


def find_payment(key: str, token: str) -> Answer | None:
    """See `Gateway.find_payment`."""
    with behave("find_payment"):
        found = Payment.objects.filter(key=key, token=token).first()
        return _as_answer(found) if found else None


def _as_answer(payment: Payment) -> Answer:
    captured = Money(payment.captured, JPY)
    if payment.state == Payment.State.CAPTURED:
        return Answer(payment.ref, "captured", captured)
    is_held = payment.state == Payment.State.AUTHORISED and payment.expires_at > timezone.now()
    return Answer(payment.ref, "authorised" if is_held else "ended", captured)


def capture(key: str, gateway_ref: str, amount: Money) -> None:
    """See `Gateway.capture`."""
    yen = int(amount.amount)
    with behave("capture"), transaction.atomic(durable=True):
        asked, _ = begin(key, gateway_ref, yen)
        payment = _locked(gateway_ref)
        if payment.state == Payment.State.CAPTURED:
            if payment.captured != yen:
                raise Declined("another amount was taken before")
        elif payment.state != Payment.State.AUTHORISED or payment.expires_at <= timezone.now():
            raise Declined("the reservation has ended")
        elif not 0 < yen <= payment.amount:
            raise Declined("more than is reserved")
        else:
            payment.state, payment.captured = Payment.State.CAPTURED, yen
            payment.save(update_fields=["state", "captured"])
        answer(asked, gateway_ref)


def void(key: str, gateway_ref: str) -> None:
    """See `Gateway.void`."""
    with behave("void"), transaction.atomic(durable=True):
        asked, _ = begin(key, gateway_ref)
        payment = _locked(gateway_ref)
        if payment.state == Payment.State.CAPTURED:
            raise Declined("the money was taken")
        payment.state = Payment.State.VOIDED
        payment.save(update_fields=["state"])
        answer(asked, gateway_ref)


def _locked(gateway_ref: str) -> Payment:
    payment = Payment.objects.select_for_update().filter(ref=gateway_ref).first()
    if payment is None:
        raise Declined("no such payment")
    return payment


def refund(key: str, gateway_ref: str, amount: Money, reference: str) -> Repayment:
    """See `Gateway.refund`."""
    with behave("refund"):
        with transaction.atomic(durable=True):
            asked, _ = begin(key, gateway_ref, int(amount.amount))
            if not asked.answer:
                answer(asked, _give_back(key, gateway_ref, int(amount.amount)).ref)
        return _as_repayment(Return.objects.get(ref=asked.answer))


def _give_back(key: str, gateway_ref: str, yen: int) -> Return:
    payment = _locked(gateway_ref)
    if yen < 1 or payment.refunded + yen > payment.captured:
        raise Declined("more than was paid")
    Payment.objects.filter(pk=payment.pk).update(refunded=F("refunded") + yen)
    is_at_once = settings.MIOBOE_TILL_SETTLES_S == 0
    given = Return.objects.create(
        key=key,
        ref=f"ret_{secrets.token_hex(8)}",
        payment=payment,
        amount=yen,
        state=Return.State.SETTLED if is_at_once else Return.State.PENDING,
    )
    if not is_at_once:
        later = app.configure_task("till.settle", schedule_in={"seconds": settings.MIOBOE_TILL_SETTLES_S})
        later.defer(ref=given.ref)
    return given


def find_refund(key: str, gateway_ref: str) -> Repayment | None:
    """See `Gateway.find_refund`."""
    with behave("find_refund"):
        found = Return.objects.filter(key=key, payment__ref=gateway_ref).first()
        return _as_repayment(found) if found else None


def _as_repayment(given: Return) -> Repayment:
    if given.state == Return.State.SETTLED:
        return Repayment(given.ref, "settled")
    if given.state == Return.State.FAILED:
        return Repayment(given.ref, "failed", "the bank sent the money back")
    return Repayment(given.ref, "pending")


def begin_card(person_ref: str, return_url: str) -> str:
    """See `Gateway.begin_card`."""
    with behave("begin_card"):
        page = CardPage.objects.create(
            ref=f"page_{secrets.token_urlsafe(16)}", person_ref=person_ref, return_url=return_url
        )
        return settings.MIOBOE_BASE_URL + reverse("till:card", args=[page.ref])


def finish_card(ref: str) -> CardFacts:
    """See `Gateway.finish_card`."""
    with behave("finish_card"):
        page = CardPage.objects.filter(ref=ref).exclude(token="").first()
        if page is None:
            raise Declined("no card was entered")
        card = CardOnFile.objects.get(token=page.token)
        return CardFacts(card.token, card.brand, card.last4, card.expires, page.person_ref)
