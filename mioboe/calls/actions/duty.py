"""Coming on duty, stepping away, and what an agent does after a call."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.calls.matching import match_agent, match_caller
from mioboe.calls.models import WITH_AGENT, AwayReason, Callback, CallbackState, Duty, DutyState, Outcome
from mioboe.calls.refusals import TooLate
from mioboe.people.models import Person
from mioboe.site.live import announce
from mioboe.site.states import change_all
from mioboe.trail.actions import record

LONGEST_NOTE = 2000


def go_on_duty(agent: Person, takes_at_once: bool) -> Duty:
    """The agent is ready for calls; whoever has waited longest is offered to her at once. May be called twice."""
    _set_duty(agent, DutyState.AVAILABLE, takes_at_once)
    match_agent(agent.pk)
    return Duty.objects.get(agent=agent)


def go_away(agent: Person) -> Duty:
    """The agent takes no calls. One that she has goes on, and she is away after it. May be called twice."""
    _set_duty(agent, DutyState.AWAY, None)
    return Duty.objects.get(agent=agent)


@transaction.atomic
def _set_duty(agent: Person, state: DutyState, takes_at_once: bool | None) -> None:
    duty, _ = Duty.objects.select_for_update().get_or_create(agent=agent, defaults={"languages": [agent.language]})
    if Callback.objects.filter(agent=agent, state__in=WITH_AGENT).exists():
        Duty.objects.filter(pk=duty.pk).update(leaves_after=state == DutyState.AWAY)
        return
    now = timezone.now()
    chosen = duty.takes_at_once if takes_at_once is None else takes_at_once
    # Her page is there: it was pressed a moment ago.
    here = {"seen_at": now} if state == DutyState.AVAILABLE else {}
    duty.change(
        duty.state,
        state,
        since=now,
        takes_at_once=chosen,
        why_away=AwayReason.OWN,
        leaves_after=False,
        **here,
    )


def pass_on(callback: Callback, agent_id: int, offered_at: datetime | None = None) -> bool:
    """Takes an offer back from an agent who did not take it; she is away and told why, and the caller, in her old place, is
    offered to the next. False where she took it, it moved on, or it is another offer than that of `offered_at`."""
    with transaction.atomic():
        hers = Callback.objects.filter(pk=callback.pk, agent=agent_id)
        if offered_at is not None:
            hers = hers.filter(offered_at=offered_at)
        if not change_all(hers, CallbackState.OFFERED, CallbackState.WAITING, agent=None, offered_at=None):
            return False
        change_all(
            Duty.objects.filter(agent=agent_id),
            DutyState.BUSY,
            DutyState.AWAY,
            since=timezone.now(),
            why_away=AwayReason.NOT_TAKEN,
            leaves_after=False,
            call=None,
        )
        record("callback.passed_on", [callback.case.ref], callback.case.customer)
        announce(f"agent:{agent_id}", call=callback.pk)
        announce(callback.topic, state=CallbackState.WAITING)
        announce("desk")
    match_caller(callback)
    return True


def free_agent(callback: Callback, wraps_up: bool) -> None:
    """The call of the callback's agent, if she has one, is over: she wraps up, or (nothing was said) is free at once. In the
    transaction that ends the call, before its agent is taken off it."""
    if callback.agent_id is None:
        return
    hers, now = Duty.objects.filter(agent=callback.agent_id), timezone.now()
    if wraps_up:
        if change_all(hers, DutyState.BUSY, DutyState.WRAPPING_UP, since=now):
            later = app.configure_task("calls.wrap_up_lapses", schedule_in={"seconds": settings.MIOBOE_WRAP_UP_S})
            later.defer(agent_id=callback.agent_id, since=now.isoformat())
    else:
        leaving = hers.filter(leaves_after=True)
        change_all(leaving, DutyState.BUSY, DutyState.AWAY, since=now, leaves_after=False, call=None)
        change_all(hers, DutyState.BUSY, DutyState.AVAILABLE, since=now, call=None)
    announce(f"agent:{callback.agent_id}", call=callback.pk)


def wrap_up(agent: Person, callback: Callback, outcome: str, note: str, goes_on: bool = True) -> None:
    """What came of the call, in the case's history; the agent is ready for the next one (or away, where she has chosen so or
    `goes_on` is False). May be called twice, and after the time for it has passed. Raises TooLate for a call that is not
    hers to wrap up, Outcome.DoesNotExist for an outcome that is not on the list ("" is none)."""
    with transaction.atomic():
        duty = Duty.objects.select_for_update().get(agent=agent)
        if callback.pk != duty.call_id and callback.agent_id != agent.pk:
            raise TooLate
        if duty.call_id == callback.pk and duty.state == DutyState.BUSY:
            raise TooLate
        _note_outcome(callback, outcome, note.strip()[:LONGEST_NOTE])
        if duty.call_id == callback.pk:
            _leave_call(duty, goes_on)
    match_agent(agent.pk)


def _note_outcome(callback: Callback, slug: str, note: str) -> None:
    chosen = Outcome.objects.get(slug=slug) if slug else None
    current = Callback.objects.select_for_update(of=("self",)).select_related("case__customer").get(pk=callback.pk)
    now = timezone.now()
    if (current.outcome, current.note) != (slug, note):
        Callback.objects.filter(pk=callback.pk).update(outcome=slug, note=note)
        words = {"ja": chosen.words_ja, "en": chosen.words_en} if chosen else {"ja": "–", "en": "–"}
        record("callback.wrapped_up", [current.case.ref], current.case.customer, outcome=words, callback=callback.pk)
        announce(current.case.ref)
    Callback.objects.filter(pk=callback.pk, wrapped_at=None).update(wrapped_at=now)


def wrap_up_lapses(agent_id: int, since: datetime) -> bool:
    """The time for wrapping up has passed. False where she has done so already."""
    with transaction.atomic():
        hers = Duty.objects.select_for_update().filter(agent=agent_id, state=DutyState.WRAPPING_UP, since=since)
        duty = hers.first()
        if duty is None:
            return False
        if duty.call_id:
            Callback.objects.filter(pk=duty.call_id, wrapped_at=None).update(wrapped_at=timezone.now())
        _leave_call(duty, goes_on=True)
    match_agent(agent_id)
    return True


def _leave_call(duty: Duty, goes_on: bool) -> None:
    if duty.state != DutyState.WRAPPING_UP:
        return
    now = timezone.now()
    is_over = duty.until is not None and duty.until <= now
    if goes_on and not duty.leaves_after and not is_over:
        duty.change(DutyState.WRAPPING_UP, DutyState.AVAILABLE, since=now, call=None)
    else:
        why = AwayReason.SHIFT_OVER if is_over else AwayReason.OWN
        duty.change(DutyState.WRAPPING_UP, DutyState.AWAY, since=now, call=None, why_away=why, leaves_after=False)
    announce(f"agent:{duty.agent_id}")
    announce("desk")
