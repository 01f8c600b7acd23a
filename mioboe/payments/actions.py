"""Verbs about money. The gateway is never asked inside a transaction: first our row commits, then we ask with its key,
then the answer is written down; whatever dies in between is asked again with the same key."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from moneyed import Money

from mioboe.payments.gateways import Answer, Declined, gateway
from mioboe.payments.models import Card, Charge, ChargeState, LedgerRow, Refund, RefundState
from mioboe.people.models import Person
from mioboe.trail.actions import record


class TooMuch(Exception):
    """More would be refunded than was paid."""


def ask_charge(person: Person, card: Card, amount: Money, reference: str, key: str) -> Charge:
    """Writes down that `amount` is to be taken for `reference`; to be called in the transaction of its cause. With a key
    that was used before it answers the charge that is there."""
    charge, _ = Charge.objects.get_or_create(
        key=key, defaults={"person": person, "card": card, "amount": amount, "reference": reference}
    )
    return charge


def carry_out_charge(charge: Charge) -> Charge:
    """Asks the gateway and writes its answer down. May be called any number of times. Raises Unsure where the gateway
    could not be heard: ask again later."""
    if charge.state == ChargeState.ASKED:
        try:
            answer = gateway().capture(charge.key, charge.card.token, charge.amount, charge.reference)
        except Declined as refusal:
            _note_declined(charge, str(refusal))
        else:
            _note_captured(charge, answer)
        charge.refresh_from_db()
    return charge


@transaction.atomic
def _note_captured(charge: Charge, answer: Answer) -> None:
    if charge.change(
        ChargeState.ASKED, ChargeState.CAPTURED, gateway_ref=answer.gateway_ref, captured_at=timezone.now()
    ):
        _move(f"charge:{charge.number}", "gateway", "sales", charge.amount)
        record("charge.captured", [charge.ref, charge.reference], charge.person, amount=int(charge.amount.amount))


@transaction.atomic
def _note_declined(charge: Charge, why: str) -> None:
    if charge.change(ChargeState.ASKED, ChargeState.DECLINED, problem=why[:200]):
        record("charge.declined", [charge.ref, charge.reference], charge.person, why=why)


def refund(charge: Charge, amount: Money, key: str) -> Refund:
    """Gives `amount` back to the card that paid. Called again with the same key it is the same refund, asked for once
    more where the answer was lost. Raises TooMuch, Declined, Unsure."""
    ours = _reserve_refund(charge, amount, key)
    if ours.state != RefundState.ASKED:
        return ours
    try:
        answer = gateway().refund(key, charge.gateway_ref, amount)
    except Declined as refusal:
        _note_refund_failed(ours, str(refusal))
        raise
    _note_refunded(ours, answer)
    ours.refresh_from_db()
    return ours


def _reserve_refund(charge: Charge, amount: Money, key: str) -> Refund:
    before = Refund.objects.filter(key=key).first()
    if before:
        return before
    try:
        with transaction.atomic():
            if not Charge.objects.filter(pk=charge.pk, state=ChargeState.CAPTURED).update(
                refunded=F("refunded") + amount.amount
            ):
                raise TooMuch("this charge was never taken")
            return Refund.objects.create(charge=charge, amount=amount, key=key)
    except IntegrityError as error:
        same = Refund.objects.filter(key=key).first()
        if same:
            return same
        raise TooMuch("more than what is left of this charge") from error


@transaction.atomic
def _note_refunded(ours: Refund, answer: Answer) -> None:
    if ours.change(RefundState.ASKED, RefundState.SETTLED, gateway_ref=answer.gateway_ref, settled_at=timezone.now()):
        charge = ours.charge
        _move(f"refund:{ours.pk}", "sales", "gateway", ours.amount)
        record("refund.settled", [charge.ref, charge.reference], charge.person, amount=int(ours.amount.amount))


@transaction.atomic
def _note_refund_failed(ours: Refund, why: str) -> None:
    if ours.change(RefundState.ASKED, RefundState.FAILED, problem=why[:200]):
        Charge.objects.filter(pk=ours.charge_id).update(refunded=F("refunded") - ours.amount.amount)
        record("refund.failed", [ours.charge.ref, ours.charge.reference], ours.charge.person, why=why)


def _move(movement: str, to_account: str, from_account: str, amount: Money) -> None:
    LedgerRow.objects.bulk_create(
        [
            LedgerRow(movement=movement, account=to_account, amount=amount),
            LedgerRow(movement=movement, account=from_account, amount=-amount),
        ]
    )
