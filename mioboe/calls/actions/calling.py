"""The call itself: taken, ringing, answered, on hold, over."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.calls.actions.duty import free_agent
from mioboe.calls.actions.unreached_mail import write_unreached_mail
from mioboe.calls.later_mails import write_cancelled_mail
from mioboe.calls.limits import settle
from mioboe.calls.matching import match_agent, match_number
from mioboe.calls.models import Callback, CallbackState, Reason
from mioboe.calls.refusals import TooLate
from mioboe.cases.actions import add_proof
from mioboe.cases.models import ProofKind
from mioboe.people.models import Person, Phone
from mioboe.site.live import announce
from mioboe.trail.actions import record

# How long a telephone rings, seconds.
RING_LIMIT_S = 45
# When a customer who was not reached is tried again, seconds after each try; after the last one she gets a mail.
RETRY_AFTER_S = (60, 300)
# Digits of a count of sound packets: a call of a year has fewer.
LONGEST_COUNT = 9


@transaction.atomic
def take_call(callback: Callback, agent: Person) -> None:
    """The agent takes the call offered to her, and the customer's telephone rings. Raises TooLate."""
    if callback.agent_id != agent.pk:
        raise TooLate
    now = timezone.now()
    facts = {"rang_at": now, "first_rang_at": Coalesce("first_rang_at", now), "rings": F("rings") + 1}
    if not callback.change(CallbackState.OFFERED, CallbackState.RINGING, **facts):
        raise TooLate
    callback.refresh_from_db(fields=["rings", "first_rang_at"])
    record("callback.ringing", [callback.case.ref], callback.case.customer)
    later = app.configure_task("calls.ringing_lapses", schedule_in={"seconds": RING_LIMIT_S})
    later.defer(callback_id=callback.pk, ring=callback.rings)
    _tell(callback, CallbackState.RINGING)


@transaction.atomic
def answer_call(callback: Callback, on_number: bool) -> None:
    """The customer answers. `on_number`: on the telephone of that number, not on the waiting page; a number on file since
    before the order then counts as proof. Raises TooLate."""
    if not callback.change(CallbackState.RINGING, CallbackState.TALKING, answered_at=timezone.now()):
        raise TooLate
    case = callback.case
    record("callback.answered", [case.ref], case.customer)
    since = case.order.placed_at if case.order else case.opened_at
    if on_number and Phone.objects.filter(person=case.customer, number=callback.number, since__lt=since).exists():
        add_proof(case, ProofKind.PHONE)
    _tell(callback, CallbackState.TALKING)


@transaction.atomic
def hold_call(callback: Callback, is_held: bool) -> bool:
    """The agent puts the customer on hold, or is back. False where it is so already, or nobody talks."""
    talks = Callback.objects.filter(pk=callback.pk, state=CallbackState.TALKING, held_at__isnull=is_held)
    if not talks.update(held_at=timezone.now() if is_held else None):
        return False
    record("callback.held" if is_held else "callback.resumed", [callback.case.ref], callback.case.customer)
    announce(callback.topic, state=CallbackState.TALKING, held=is_held)
    announce(callback.case.ref)
    return True


def end_call(callback: Callback) -> None:
    """Either side hangs up, or the customer declines or gives up waiting. Ended already: nothing more happens."""
    moves = (
        (CallbackState.TALKING, CallbackState.ENDED),
        (CallbackState.RINGING, CallbackState.MISSED),
        (CallbackState.OFFERED, CallbackState.CANCELLED),
        (CallbackState.WAITING, CallbackState.CANCELLED),
    )
    with transaction.atomic():
        new = next((new for old, new in moves if callback.change(old, new, ended_at=timezone.now())), None)
        if new is None:
            return
        callback.refresh_from_db()
        # An offer that she has not taken leaves her nothing to wrap up.
        free_agent(callback, wraps_up=new != CallbackState.CANCELLED)
        settle(callback)
        if new == CallbackState.CANCELLED:
            write_cancelled_mail(callback)
        record(f"callback.{new}", [callback.case.ref], callback.case.customer)
        _tell(callback, new)
    if callback.agent_id and new == CallbackState.CANCELLED:
        match_agent(callback.agent_id)
    match_number(callback.number.as_e164)


def not_reached(callback: Callback, reason: str, ring: int | None = None) -> bool:
    """The customer was not reached (a `Reason`): tried again after one and after five minutes, in her old place; then it is
    missed for good and she gets a mail with a link to ask again. False where it does not ring any more (or not for the
    `ring`th time, where that is given); may be called twice."""
    with transaction.atomic():
        callback.refresh_from_db()
        if callback.state != CallbackState.RINGING or ring not in (None, callback.rings):
            return False
        case, is_last = callback.case, callback.rings > len(RETRY_AFTER_S)
        free_agent(callback, wraps_up=True)
        if is_last:
            changed = callback.change(
                CallbackState.RINGING, CallbackState.MISSED, ended_at=timezone.now(), reason=reason
            )
        else:
            changed = _try_again(callback, reason)
        if not changed:
            transaction.set_rollback(True)
            return False
        if is_last:
            settle(callback)
            record("callback.missed", [case.ref], case.customer)
            write_unreached_mail(callback)
        _tell(callback, callback.state)
    match_number(callback.number.as_e164)
    return True


def _try_again(callback: Callback, reason: str) -> bool:
    pause_s = RETRY_AFTER_S[callback.rings - 1]
    due_at = timezone.now() + timedelta(seconds=pause_s)
    cleared = {"agent_id": None, "offered_at": None, "rang_at": None}
    queue = {"due_at": due_at, "is_queued": False, "reason": reason}
    if not callback.change(CallbackState.RINGING, CallbackState.WAITING, **cleared, **queue):
        return False
    said = f"callback.{Reason(reason).value}"
    record(said, [callback.case.ref], callback.case.customer, minutes=pause_s // 60)
    app.configure_task("calls.becomes_due", schedule_at=due_at).defer(callback_id=callback.pk)
    return True


def _tell(callback: Callback, state: str) -> None:
    announce(callback.topic, state=state)
    announce(f"phone:{callback.number}", call=callback.pk)
    announce(callback.case.ref)
    announce("desk")


def note_audio_told(callback: Callback, side: str, told: Mapping[str, str]) -> None:
    """The counts as a page posts them ("sent", "received"); anything but whole numbers is let go."""
    sent, received = told.get("sent", ""), told.get("received", "")
    if all(count.isdecimal() and len(count) <= LONGEST_COUNT for count in (sent, received)):
        note_audio(callback, side, int(sent), int(received))


def note_audio(callback: Callback, side: str, sent: int, received: int) -> None:
    """How many sound packets one side ("agent", "customer") has sent and received so far."""
    with transaction.atomic():
        locked = Callback.objects.select_for_update().get(pk=callback.pk)
        audio: dict[str, Any] = dict(locked.audio)
        audio[side] = {"sent": sent, "received": received}
        Callback.objects.filter(pk=callback.pk).update(audio=audio)
