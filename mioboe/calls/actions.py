"""Verbs about calls. Each state changes by compare-and-set; who comes second is told by `TooLate`."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.calls.models import LIVE, WITH_AGENT, Callback, CallbackState, Duty, DutyState
from mioboe.calls.passphrase import new_passphrase
from mioboe.cases.actions import add_proof
from mioboe.cases.models import Case, ProofKind
from mioboe.people.models import Person, Phone
from mioboe.site.live import announce
from mioboe.site.states import change_all
from mioboe.trail.actions import record

# How long an agent may think about an offer, and how long a telephone rings, seconds.
OFFER_LIMIT_S = 15
RING_LIMIT_S = 45


class TooLate(Exception):
    """The callback or the agent has moved on; somebody was faster."""


class AlreadyWaiting(Exception):
    """A live callback for this case or this number is there already."""


def request_callback(case: Case, number: str, language: str) -> Callback:
    """The customer waits to be called at `number` (E.164) about the case, and a free agent is looked for at once. Asked
    again while one is live it answers that one; AlreadyWaiting where the number waits for another case."""
    live = Callback.objects.filter(case=case, state__in=LIVE).first()
    if live:
        return live
    try:
        with transaction.atomic():
            callback = Callback.objects.create(
                case=case,
                number=number,
                language=language,
                passphrase=new_passphrase(language),
                carrier=settings.MIOBOE_CARRIERS[0],
            )
            record("callback.requested", [case.ref], case.customer)
            announce("desk")
    except IntegrityError as error:
        live = Callback.objects.filter(case=case, state__in=LIVE).first()
        if live is None:
            raise AlreadyWaiting from error
        return live
    match_next()
    callback.refresh_from_db()
    return callback


def match_next() -> Callback | None:
    """Gives the longest-waiting caller whose language a free agent speaks to that agent. None where there is no such pair.
    Any number may run at once: each waiting caller and each agent is locked by one of them."""
    with transaction.atomic():
        free = Duty.objects.select_for_update(skip_locked=True).filter(state=DutyState.AVAILABLE).order_by("since")
        for duty in free:
            callback = (
                Callback.objects.select_for_update(skip_locked=True)
                .filter(state=CallbackState.WAITING, language__in=duty.languages)
                .order_by("asked_at")
                .first()
            )
            if callback:
                _offer(callback, duty)
                return callback
    return None


def _offer(callback: Callback, duty: Duty) -> None:
    _change(callback, CallbackState.WAITING, CallbackState.OFFERED, agent=duty.agent, offered_at=timezone.now())
    if not duty.change(DutyState.AVAILABLE, DutyState.BUSY, since=timezone.now()):
        raise TooLate
    record("callback.offered", [callback.case.ref], callback.case.customer)
    later = app.configure_task("calls.offer_lapses", schedule_in={"seconds": OFFER_LIMIT_S})
    later.defer(callback_id=callback.pk, agent_id=duty.agent_id)
    announce(f"agent:{duty.agent_id}", call=callback.pk)
    announce(callback.topic, state=CallbackState.OFFERED)


def pass_on(callback: Callback, agent_id: int) -> bool:
    """Takes an offer back from an agent who did not take it; she is away, and the caller, first in the queue, is offered to
    the next. False where she took it, or it moved on."""
    with transaction.atomic():
        hers = Callback.objects.filter(pk=callback.pk, agent=agent_id)
        back = change_all(hers, CallbackState.OFFERED, CallbackState.WAITING, agent=None, offered_at=None)
        if not back:
            return False
        change_all(Duty.objects.filter(agent=agent_id), DutyState.BUSY, DutyState.AWAY, since=timezone.now())
        record("callback.passed_on", [callback.case.ref], callback.case.customer)
        announce(f"agent:{agent_id}", call=callback.pk)
        announce(callback.topic, state=CallbackState.WAITING)
    match_next()
    return True


@transaction.atomic
def take_call(callback: Callback, agent: Person) -> None:
    """The agent takes the call offered to her, and the customer's telephone rings. Raises TooLate."""
    if callback.agent_id != agent.pk:
        raise TooLate
    _change(callback, CallbackState.OFFERED, CallbackState.RINGING, rang_at=timezone.now())
    record("callback.ringing", [callback.case.ref], callback.case.customer)
    later = app.configure_task("calls.ringing_lapses", schedule_in={"seconds": RING_LIMIT_S})
    later.defer(callback_id=callback.pk)
    announce(callback.topic, state=CallbackState.RINGING)
    announce(f"phone:{callback.number}", call=callback.pk)
    announce(callback.case.ref)


@transaction.atomic
def answer_call(callback: Callback, on_number: bool) -> None:
    """The customer answers. `on_number`: on the telephone of that number, not on the waiting page; a number on file since
    before the order then counts as proof. Raises TooLate."""
    _change(callback, CallbackState.RINGING, CallbackState.TALKING, answered_at=timezone.now())
    case = callback.case
    record("callback.answered", [case.ref], case.customer)
    since = case.order.placed_at if case.order else case.opened_at
    if on_number and Phone.objects.filter(person=case.customer, number=callback.number, since__lt=since).exists():
        add_proof(case, ProofKind.PHONE)
    announce(callback.topic, state=CallbackState.TALKING)
    announce(f"phone:{callback.number}", call=callback.pk)
    announce(case.ref)


@transaction.atomic
def end_call(callback: Callback) -> None:
    """Either side hangs up, or the customer declines or gives up waiting. Ended already: nothing more happens."""
    moves = (
        (CallbackState.TALKING, CallbackState.ENDED),
        (CallbackState.RINGING, CallbackState.MISSED),
        (CallbackState.OFFERED, CallbackState.CANCELLED),
        (CallbackState.WAITING, CallbackState.CANCELLED),
    )
    for old, new in moves:
        if callback.change(old, new, ended_at=timezone.now()):
            _tell_end(callback, new)
            return


@transaction.atomic
def note_missed(callback: Callback) -> bool:
    """The telephone rang long enough. False where it does not ring any more."""
    missed = callback.change(CallbackState.RINGING, CallbackState.MISSED, ended_at=timezone.now())
    if missed:
        _tell_end(callback, CallbackState.MISSED)
    return missed


def _tell_end(callback: Callback, new: CallbackState) -> None:
    callback.refresh_from_db()
    if callback.agent_id:
        change_all(
            Duty.objects.filter(agent=callback.agent_id), DutyState.BUSY, DutyState.WRAPPING_UP, since=timezone.now()
        )
        announce(f"agent:{callback.agent_id}", call=callback.pk)
    record(f"callback.{new}", [callback.case.ref], callback.case.customer)
    announce(callback.topic, state=new)
    announce(f"phone:{callback.number}", call=callback.pk)
    announce(callback.case.ref)
    announce("desk")


def note_audio(callback: Callback, side: str, sent: int, received: int) -> None:
    """How many sound packets one side ("agent", "customer") has sent and received so far."""
    with transaction.atomic():
        locked = Callback.objects.select_for_update().get(pk=callback.pk)
        audio: dict[str, Any] = dict(locked.audio)
        audio[side] = {"sent": sent, "received": received}
        Callback.objects.filter(pk=callback.pk).update(audio=audio)


def go_on_duty(agent: Person, takes_at_once: bool) -> Duty:
    """The agent is ready for calls; whoever has waited longest is offered to her at once. May be called twice."""
    _set_duty(agent, DutyState.AVAILABLE, takes_at_once)
    match_next()
    return Duty.objects.get(agent=agent)


def go_away(agent: Person) -> Duty:
    """The agent takes no calls. One that she has goes on; then she is wrapping up."""
    _set_duty(agent, DutyState.AWAY, None)
    return Duty.objects.get(agent=agent)


@transaction.atomic
def _set_duty(agent: Person, state: DutyState, takes_at_once: bool | None) -> None:
    duty, _ = Duty.objects.select_for_update().get_or_create(agent=agent, defaults={"languages": [agent.language]})
    if Callback.objects.filter(agent=agent, state__in=WITH_AGENT).exists():
        return
    chosen = duty.takes_at_once if takes_at_once is None else takes_at_once
    duty.change(duty.state, state, since=timezone.now(), takes_at_once=chosen)


def _change(callback: Callback, old: CallbackState, new: CallbackState, **facts: Any) -> None:
    if not callback.change(old, new, **facts):
        raise TooLate
