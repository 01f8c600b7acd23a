"""Reserving money on a card, taking it, and letting it go."""

from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from moneyed import Money

from mioboe.payments.actions.posting import post
from mioboe.payments.actions.refusals import TooMuch
from mioboe.payments.gateways import Declined, Payment, gateway
from mioboe.payments.models import Card, Charge, ChargeState, MovementKind
from mioboe.people.models import Person
from mioboe.site.rows import add, together
from mioboe.trail.actions import record

# A charge that is older when it is carried out may have been asked for before, and the gateway may have forgotten its key:
# what exists is looked for first. Far above the time limit of one question and far below any gateway's memory.
FIRST_ASKED_WITHIN = timedelta(seconds=30)


def ask_charge(person: Person, card: Card, amount: Money, reference: str, key: str, capture_now: bool = True) -> Charge:
    """Writes down that `amount` is to be reserved for `reference` and, where `capture_now`, taken at once; to be called in
    the transaction of its cause, which ends with IntegrityError where the key was used before."""
    return add(Charge(person=person, card=card, amount=amount, reference=reference, key=key, capture_now=capture_now))


def carry_out_charge(charge: Charge, then: Callable[[Charge], None] | None = None) -> Charge:
    """Asks the gateway and writes its answer down: the charge is authorised, captured or declined then. What follows from
    it for the caller, `then` does, in the transaction that writes it down. May be called any number of times; not inside a
    transaction. Raises Unsure where the gateway could not be heard: ask again later."""
    answer = _authorise_or_not(charge) if charge.state == ChargeState.ASKED else None
    with transaction.atomic(), together():
        if answer is not None and not _note(charge, answer):
            charge.refresh_from_db()
        if then:
            then(charge)
    return charge


def _authorise_or_not(charge: Charge) -> Payment | str:
    """The payment, or why there is none."""
    try:
        return _authorise(charge)
    except Declined as refusal:
        return str(refusal)


def _note(charge: Charge, answer: Payment | str) -> bool:
    """False where somebody was faster."""
    return _note_authorised(charge, answer) if isinstance(answer, Payment) else _note_declined(charge, answer)


def _authorise(charge: Charge) -> Payment:
    if timezone.now() - charge.asked_at > FIRST_ASKED_WITHIN:
        before = gateway().find_payment(charge.key, charge.card.token)
        if before is not None:
            return before
    return gateway().authorise(charge.key, charge.card.token, charge.amount, charge.reference, charge.capture_now)


def _note_authorised(charge: Charge, payment: Payment) -> bool:
    now = timezone.now()
    facts = {"gateway_ref": payment.gateway_ref, "authorised_at": now}
    if payment.state == "captured":
        facts |= {"captured": payment.captured, "to_capture": payment.captured, "captured_at": now}
        is_ours = charge.change(ChargeState.ASKED, ChargeState.CAPTURED, **facts)
        if is_ours:
            _tell_captured(charge)
        return is_ours
    is_ours = charge.change(ChargeState.ASKED, ChargeState.AUTHORISED, **facts)
    if is_ours:
        record("charge.authorised", _about(charge), charge.person, amount=_yen(charge.amount))
        if payment.state == "ended":
            _lapse(charge, "it had ended before we heard of it")
    return is_ours


def _note_declined(charge: Charge, why: str) -> bool:
    is_ours = charge.change(ChargeState.ASKED, ChargeState.DECLINED, problem=why[:200])
    if is_ours:
        record("charge.declined", _about(charge), charge.person, why=why)
    return is_ours


def capture(charge: Charge, amount: Money | None = None) -> Charge:
    """Takes `amount` of what is reserved, or all that was not released, once; the rest is let go. May be called any number
    of times; not inside a transaction. Raises TooMuch (more than is reserved, or decided otherwise before), Declined (the
    reservation has expired; the charge is LAPSED then), Unsure."""
    _decide_capture(charge, amount)
    if charge.state == ChargeState.CAPTURED:
        return charge
    try:
        gateway().capture(f"{charge.key}:capture", charge.gateway_ref, charge.to_capture)
    except Declined as refusal:
        note_lapsed(charge, str(refusal))
        raise
    _note_captured(charge)
    charge.refresh_from_db()
    return charge


def _decide_capture(charge: Charge, amount: Money | None) -> None:
    """From here on the amount is settled: nobody releases any of it any more, and it is taken whatever dies."""
    undecided = Charge.objects.filter(
        pk=charge.pk, state=ChargeState.AUTHORISED, to_capture=0, released__lt=F("amount")
    )
    try:
        with transaction.atomic():
            undecided.update(to_capture=F("amount") - F("released") if amount is None else amount.amount)
    except IntegrityError as error:
        raise TooMuch("more than is reserved on the card") from error
    charge.refresh_from_db()
    if charge.to_capture.amount == 0 or charge.state not in (ChargeState.AUTHORISED, ChargeState.CAPTURED):
        raise TooMuch(f"nothing is reserved on the card: this charge is {charge.state}")
    if amount is not None and amount != charge.to_capture:
        raise TooMuch("another amount of this charge was captured before")


@transaction.atomic
def _note_captured(charge: Charge) -> None:
    taken = charge.to_capture
    facts = {"captured": taken, "released": charge.amount - taken, "captured_at": timezone.now()}
    if charge.change(ChargeState.AUTHORISED, ChargeState.CAPTURED, **facts):
        _tell_captured(charge)


def _tell_captured(charge: Charge) -> None:
    post(MovementKind.CAPTURE, charge.ref, charge.captured)
    record("charge.captured", _about(charge), charge.person, amount=_yen(charge.captured))


def void(charge: Charge) -> Charge:
    """Lets all go that is reserved and not taken. May be called any number of times; not inside a transaction. Raises
    TooMuch where it was taken, is being taken or was never reserved, Declined, Unsure."""
    Charge.objects.filter(pk=charge.pk, state=ChargeState.AUTHORISED, to_capture=0).update(released=F("amount"))
    charge.refresh_from_db()
    if charge.state not in (ChargeState.AUTHORISED, ChargeState.VOIDED, ChargeState.LAPSED):
        raise TooMuch(f"nothing is reserved on the card: this charge is {charge.state}")
    if charge.state == ChargeState.AUTHORISED:
        if charge.released < charge.amount:
            raise TooMuch("this charge is being captured")
        gateway().void(f"{charge.key}:void", charge.gateway_ref)
        _note_voided(charge)
        charge.refresh_from_db()
    return charge


@transaction.atomic
def _note_voided(charge: Charge) -> None:
    if charge.change(ChargeState.AUTHORISED, ChargeState.VOIDED):
        record("charge.voided", _about(charge), charge.person, amount=_yen(charge.amount))


@transaction.atomic
def note_lapsed(charge: Charge, why: str) -> bool:
    """The reservation has ended at the gateway without being taken. False where the charge is not authorised (any more)."""
    return _lapse(charge, why)


def _lapse(charge: Charge, why: str) -> bool:
    lapsed = charge.change(ChargeState.AUTHORISED, ChargeState.LAPSED, problem=why[:200])
    if lapsed:
        record("charge.lapsed", _about(charge), charge.person, amount=_yen(charge.amount), why=why[:200])
    return lapsed


def _about(charge: Charge) -> list[str]:
    return [charge.ref, charge.reference]


def _yen(amount: Money) -> int:
    return int(amount.amount)
