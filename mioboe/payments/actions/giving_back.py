"""Giving money back: what was taken is refunded, what was only reserved is released."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from moneyed import Money

from mioboe.payments.actions.charging import capture, void
from mioboe.payments.actions.posting import post
from mioboe.payments.actions.refund_mail import write_refund_mail
from mioboe.payments.actions.refusals import TooMuch
from mioboe.payments.gateways import Declined, Repayment, gateway
from mioboe.payments.models import Charge, ChargeState, MovementKind, Refund, RefundState
from mioboe.site.live import announce
from mioboe.trail.actions import record


def give_back(charge: Charge, amount: Money, key: str) -> Refund:
    """Gives `amount` back, exactly once a key: what is not taken yet is released (that much less will be captured; all of
    it voids the charge), what was taken is refunded to the card that paid. May be called any number of times; not inside a
    transaction. Raises TooMuch, Declined, Unsure."""
    before = _found(charge, amount, key)
    if before is None:
        before = _release(charge, amount, key)
    if before is None:
        charge.refresh_from_db()
        if charge.state == ChargeState.AUTHORISED:  # decided to be taken, and whoever began that has not ended it
            capture(charge)
        return refund(charge, amount, key)
    if before.state != RefundState.RELEASED:
        return refund(charge, amount, key)
    charge.refresh_from_db()
    if charge.is_to_be_voided:
        void(charge)
    return before


def _release(charge: Charge, amount: Money, key: str) -> Refund | None:
    """None where nothing can be released any more, as it is taken or being taken."""
    open_charge = Charge.objects.filter(pk=charge.pk, state=ChargeState.AUTHORISED, to_capture=0)
    try:
        with transaction.atomic():
            if not open_charge.update(released=F("released") + amount.amount):
                return None
            now = timezone.now()
            released = Refund.objects.create(
                charge=charge, amount=amount, key=key, state=RefundState.RELEASED, accepted_at=now, settled_at=now
            )
            _tell("released", released)
            return released
    except IntegrityError as error:
        return _same_or_too_much(charge, amount, key, error)


def refund(charge: Charge, amount: Money, key: str) -> Refund:
    """Gives `amount` of what was taken back to the card that paid. Called again with the same key it is the same refund,
    looked for and asked for once more where the answer was lost; not inside a transaction. Raises TooMuch, Declined (with
    the same key for ever: a new try is a new key), Unsure."""
    before = _found(charge, amount, key)
    ours = before or _reserve(charge, amount, key)
    if ours.state == RefundState.FAILED:
        raise Declined(ours.problem)
    if ours.state != RefundState.ASKED:
        return ours
    try:
        # The gateway may have forgotten the key of what we asked for before.
        answer = gateway().find_refund(key, charge.gateway_ref) if before else None
        if answer is None:
            answer = gateway().refund(key, charge.gateway_ref, amount, charge.reference)
    except Declined as refusal:
        answer = Repayment("", "failed", str(refusal))
    note_repayment(ours, answer)
    ours.refresh_from_db()
    if ours.state == RefundState.FAILED:
        raise Declined(ours.problem)
    return ours


def _found(charge: Charge, amount: Money, key: str) -> Refund | None:
    before = Refund.objects.filter(key=key).first()
    if before is not None and (before.charge_id, before.amount) != (charge.pk, amount):
        raise Declined("this key was used for another refund")
    return before


def _reserve(charge: Charge, amount: Money, key: str) -> Refund:
    try:
        with transaction.atomic():
            taken = Charge.objects.filter(pk=charge.pk, state=ChargeState.CAPTURED)
            if not taken.update(refunded=F("refunded") + amount.amount):
                raise TooMuch("this charge was never taken")
            return Refund.objects.create(charge=charge, amount=amount, key=key)
    except IntegrityError as error:
        return _same_or_too_much(charge, amount, key, error)


def _same_or_too_much(charge: Charge, amount: Money, key: str, error: IntegrityError) -> Refund:
    """Somebody was faster with the same key, or there is not so much left."""
    same = _found(charge, amount, key)
    if same is None:
        raise TooMuch("more than what is left of this charge") from error
    return same


def note_repayment(ours: Refund, answer: Repayment) -> bool:
    """Writes down how a refund stands at the gateway, whoever told us of it. May be called any number of times and in any
    order. False where that was known before."""
    with transaction.atomic():
        if answer.state == "failed":
            return _note_failed(ours, answer.problem)
        is_news = _note_accepted(ours, answer.gateway_ref)
        if answer.state == "settled":
            is_news = _note_settled(ours) or is_news
        return is_news


def _note_accepted(ours: Refund, gateway_ref: str) -> bool:
    facts = {"gateway_ref": gateway_ref, "accepted_at": timezone.now()}
    accepted = ours.change(RefundState.ASKED, RefundState.PENDING, **facts)
    if accepted:
        post(MovementKind.REFUND, ours.ref, ours.amount)
        _tell("accepted", ours)
    return accepted


def _note_settled(ours: Refund) -> bool:
    settled = ours.change(RefundState.PENDING, RefundState.SETTLED, settled_at=timezone.now())
    if settled:
        post(MovementKind.REFUND_SETTLED, ours.ref, ours.amount)
        _tell("settled", ours)
        write_refund_mail(ours)
    return settled


def _note_failed(ours: Refund, why: str) -> bool:
    facts = {"problem": (why or "the gateway gives no reason")[:200]}
    for before, movement in (
        (RefundState.ASKED, None),
        (RefundState.PENDING, MovementKind.REFUND_FAILED),
        (RefundState.SETTLED, MovementKind.REFUND_RETURNED),
    ):
        if ours.change(before, RefundState.FAILED, **facts):
            Charge.objects.filter(pk=ours.charge_id).update(refunded=F("refunded") - ours.amount.amount)
            if movement:
                post(movement, ours.ref, ours.amount)
            _tell("failed", ours, why=facts["problem"])
            return True
    return False


def _tell(verb: str, ours: Refund, **detail: str) -> None:
    charge = ours.charge
    record(
        f"refund.{verb}",
        [ours.ref, charge.ref, charge.reference],
        charge.person,
        amount=int(ours.amount.amount),
        **detail,
    )
    announce(charge.reference)
    announce(charge.person.ref)
