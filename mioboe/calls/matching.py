"""Who is called next, and by whom: longest waiting first among those whose language and topic a free agent serves.

Pairs are made one at a time, by whoever holds one advisory lock, in any number of processes. Without it two who each
hold what the other looks for would both go away with nothing, or a caller be overtaken by one behind her; and it costs
little, as commits that NOTIFY come one after the other in PostgreSQL anyway. What a pair costs does not grow with the queue:
the head for each language, or for each language and topic, is the first row of an index.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Avg, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.calls.models import Callback, CallbackState, Duty, DutyState
from mioboe.site.live import announce
from mioboe.site.states import change_all
from mioboe.trail.actions import record

# How long an agent may think about an offer, seconds.
OFFER_LIMIT_S = 15
# The advisory lock's number; nobody else's here is so large.
_LOCK = 6_021_409_001
# Whoever stalls with the lock in its hands is thrown out by PostgreSQL, so that matching goes on.
_STALLS_AT_MOST = "10s"
# How often one press looks again after somebody else changed what it was about to pair.
_MOST_TRIES = 200
# What a call takes as long as there is none to tell by, and the last calls that do tell.
USUAL_LENGTH = timedelta(minutes=5)
TELLING_CALLS = 50


def match_caller(callback: Callback) -> None:
    """A caller has come into the queue: whoever may be free for her is given the longest-waiting caller, which is mostly
    she. May be called twice, and for one who does not wait any more."""
    for _ in range(_MOST_TRIES):
        with _alone():
            duty = _free_for(callback)
            first = _first_for(duty) if duty else None
            if duty is None or first is None:
                return
            if _offer(first, duty) and first.pk == callback.pk:
                return


def match_agent(agent_id: int) -> None:
    """An agent has become free: the longest-waiting caller whom she serves is given to whoever of those free for that one
    has been free longest, which is mostly she. May be called twice, and for one who is not free any more."""
    for _ in range(_MOST_TRIES):
        with _alone():
            duty = Duty.objects.filter(agent=agent_id, state=DutyState.AVAILABLE).first()
            first = _first_for(duty) if duty else None
            longest = _free_for(first) if first else None
            if first is None or longest is None:
                return
            if _offer(first, longest) and longest.agent_id == agent_id:
                return


def match_everybody() -> None:
    """Each free agent once more: for what a crash has left unpaired."""
    for agent_id in Duty.objects.filter(state=DutyState.AVAILABLE).order_by("since").values_list("agent_id", flat=True):
        match_agent(agent_id)


@contextmanager
def _alone() -> Iterator[None]:
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if is_outermost:
                cursor.execute(
                    "SELECT set_config('idle_in_transaction_session_timeout', %s, true), pg_advisory_xact_lock(%s)",
                    [_STALLS_AT_MOST, _LOCK],
                )
            else:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def _free_for(callback: Callback) -> Duty | None:
    """Of the agents who serve the caller and are free, the one who has been so for longest; None for a caller who does not
    wait any more."""
    waits = Callback.objects.filter(pk=callback.pk, state=CallbackState.WAITING, is_queued=True)
    current = waits.select_related("case").first()
    if current is None:
        return None
    free = _serving(current).filter(state=DutyState.AVAILABLE)
    return free.exclude(agent=current.case.customer_id).order_by("since", "pk").first()


def _serving(callback: Callback) -> QuerySet[Duty]:
    serving = Duty.objects.filter(languages__contains=[callback.language])
    if callback.about:
        serving = serving.filter(Q(topics=[]) | Q(topics__contains=[callback.about]))
    return serving


# The state stands here as it does in the indexes' conditions. Nobody handles a case of her own.
_HEAD = """
    SELECT callback.id, callback.place_at FROM calls_callback callback
    JOIN cases_case own ON own.id = callback.case_id AND own.customer_id <> %s
    WHERE callback.state = 'waiting' AND callback.is_queued AND callback.{column} = wanted.it
    ORDER BY callback.place_at, callback.id LIMIT 1
"""
_FIRST = """
    SELECT head.id FROM unnest(%s::varchar[]) AS wanted(it) CROSS JOIN LATERAL ({head}) head
    ORDER BY head.place_at, head.id LIMIT 1
"""


def first_for_sql(duty: Duty) -> tuple[str, list[Any]]:
    """The question for the longest-waiting caller whom an agent serves: one row of an index for each of her languages, or
    for each pair of language and topic where she takes some topics only."""
    if duty.topics:
        column = "skill"
        wanted = [f"{language}:{topic}" for language in duty.languages for topic in (*duty.topics, "")]
    else:
        column, wanted = "language", list(duty.languages)
    return _FIRST.format(head=_HEAD.format(column=column)), [wanted, duty.agent_id]


def _first_for(duty: Duty) -> Callback | None:
    with connection.cursor() as cursor:
        question, wanted = first_for_sql(duty)
        cursor.execute(question, wanted)
        row = cursor.fetchone()
    return Callback.objects.select_related("case__customer").get(pk=row[0]) if row else None


def _offer(callback: Callback, duty: Duty) -> bool:
    """False where either has moved on meanwhile: cancelled, stepped away. Then nothing is changed."""
    now = timezone.now()
    with transaction.atomic():
        if not duty.change(DutyState.AVAILABLE, DutyState.BUSY, since=now, call=callback):
            return False
        queued = Callback.objects.filter(pk=callback.pk, is_queued=True)
        facts = {"agent_id": duty.agent_id, "offered_at": now}
        if not change_all(queued, CallbackState.WAITING, CallbackState.OFFERED, **facts):
            transaction.set_rollback(True)
            return False
        record("callback.offered", [callback.case.ref], callback.case.customer)
        later = app.configure_task("calls.offer_lapses", schedule_in={"seconds": OFFER_LIMIT_S})
        later.defer(callback_id=callback.pk, agent_id=duty.agent_id, offered_at=now.isoformat())
        announce(f"agent:{duty.agent_id}", call=callback.pk)
        announce(callback.topic, state=CallbackState.OFFERED)
        announce("desk")
    return True


def place_in_queue(callback: Callback) -> int:
    """How many wait for the same language before her, and she: 1 is next. 0 for one who does not wait."""
    if callback.state != CallbackState.WAITING:
        return 0
    waiting = Callback.objects.filter(state=CallbackState.WAITING, is_queued=True, language=callback.language)
    before = Q(place_at__lt=callback.place_at) | Q(place_at=callback.place_at, pk__lt=callback.pk)
    return waiting.filter(before).count() + 1


def expected_wait(callback: Callback) -> timedelta | None:
    """How long until she is called, going by the last calls' lengths and the agents on duty who serve her. None where
    there is nobody; zero where somebody is free or calls her already."""
    if callback.state != CallbackState.WAITING:
        return timedelta(0)
    serving = _serving(callback).exclude(state=DutyState.AWAY).exclude(leaves_after=True)
    states = list(serving.values_list("state", flat=True))
    if not states:
        return None
    if DutyState.AVAILABLE in states:
        return timedelta(0)
    return usual_length() * place_in_queue(callback) / len(states)


def usual_length() -> timedelta:
    """From the offer to the end of the wrap-up, of the last calls that were answered."""
    answered = Callback.objects.filter(state=CallbackState.ENDED, offered_at__isnull=False)
    last = answered.order_by("-place_at")[:TELLING_CALLS]
    taken = Coalesce("wrapped_at", "ended_at") - F("offered_at")
    return last.aggregate(length=Avg(taken))["length"] or USUAL_LENGTH
