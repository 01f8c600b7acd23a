"""Calls that nobody takes or answers, and who is free for whom."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mioboe.calls import actions
from mioboe.calls.models import Callback, CallbackState, Duty, DutyState
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    return open_case(hana, world.bought(hana), ProofKind.MAILBOX)


@pytest.fixture
def later(no_mail_server, run_jobs):
    """Whatever is planned for later is due now."""

    def pass_time() -> None:
        run_jobs()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
        run_jobs()

    return pass_time


@pytest.fixture
def run_ring_out(no_mail_server, run_jobs):
    """The time for which a telephone rings is over, and nothing else that is planned."""

    def pass_time(callback: Callback) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"
                " AND task_name = 'calls.ringing_lapses' AND args->>'callback_id' = %s",
                [str(callback.pk)],
            )
        run_jobs()

    return pass_time


def state(callback: Callback) -> str:
    return Callback.objects.get(pk=callback.pk).state


def duty(agent) -> str:
    return Duty.objects.get(agent=agent).state


def test_an_offer_that_is_not_taken_lapses_by_itself(case, later):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    later()
    assert (state(callback), duty(kaori)) == (CallbackState.WAITING, DutyState.AWAY)
    assert Entry.objects.filter(verb="callback.passed_on").count() == 1


def test_a_telephone_that_rings_too_long_lapses_by_itself(case, run_ring_out):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    actions.take_call(callback, kaori)
    run_ring_out(callback)
    assert (state(callback), duty(kaori)) == (CallbackState.WAITING, DutyState.WRAPPING_UP)
    assert Entry.objects.filter(verb="callback.no_answer").count() == 1


def test_a_call_that_was_answered_does_not_lapse(case, later):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    actions.take_call(callback, kaori)
    actions.answer_call(callback, on_number=False)
    later()
    assert (state(callback), duty(kaori)) == (CallbackState.TALKING, DutyState.BUSY)


def test_nobody_takes_another_agents_offer_back(case):
    kaori, ben = world.agent(), world.agent("ben@desk.example")
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    assert not actions.pass_on(callback, ben.pk)
    assert (state(callback), duty(kaori)) == (CallbackState.OFFERED, DutyState.BUSY)


@pytest.mark.parametrize(
    ("until", "ends_as"),
    [
        ("asked", CallbackState.CANCELLED),
        ("offered", CallbackState.CANCELLED),
        ("ringing", CallbackState.MISSED),
        ("talking", CallbackState.ENDED),
    ],
)
def test_hanging_up_ends_it_wherever_it_was_and_frees_the_agent(case, until, ends_as):
    kaori = world.agent()
    if until != "asked":
        actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    if until in ("ringing", "talking"):
        actions.take_call(callback, kaori)
    if until == "talking":
        actions.answer_call(callback, on_number=False)
    actions.end_call(callback)
    actions.end_call(callback)
    assert state(callback) == ends_as
    assert Callback.objects.get().ended_at
    # An offer that she has not taken leaves her nothing to wrap up.
    after = {"asked": DutyState.AWAY, "offered": DutyState.AVAILABLE}
    assert duty(kaori) == after.get(until, DutyState.WRAPPING_UP)
    assert Entry.objects.filter(verb=f"callback.{ends_as}").count() == 1


def test_the_agent_who_has_been_free_longest_is_next(case):
    kaori, ben = world.agent(), world.agent("ben@desk.example")
    for agent in (ben, kaori):
        actions.go_on_duty(agent, takes_at_once=False)
    Duty.objects.filter(agent=kaori).update(since=timezone.now() - timedelta(hours=1))
    assert actions.request_callback(case, world.NUMBER, "ja").agent == kaori


def test_who_waited_longest_is_next(case):
    other = open_case(world.customer("other@customer.example"), None, ProofKind.SESSION)
    first = actions.request_callback(case, world.NUMBER, "ja")
    second = actions.request_callback(other, "+819011112222", "ja")
    actions.go_on_duty(world.agent(), takes_at_once=False)
    assert (state(first), state(second)) == (CallbackState.OFFERED, CallbackState.WAITING)


def test_an_agent_with_a_call_neither_leaves_nor_comes(case):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    actions.go_away(kaori)
    assert (state(callback), duty(kaori)) == (CallbackState.OFFERED, DutyState.BUSY)
    actions.end_call(callback)
    assert actions.go_away(kaori).state == DutyState.AWAY
    assert actions.go_on_duty(kaori, takes_at_once=True).takes_at_once


def test_a_number_just_like_somebody_elses_proves_nothing(case):
    ben = world.customer("ben@customer.example")
    ben.phones.update(number="+819011112222")
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, "+819011112222", "ja")
    actions.take_call(callback, kaori)
    actions.answer_call(callback, on_number=True)
    assert not case.proofs.filter(kind=ProofKind.PHONE).exists()


def test_a_number_put_on_file_after_the_order_proves_nothing(case):
    case.customer.phones.update(since=timezone.now() + timedelta(seconds=1))
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    actions.take_call(callback, kaori)
    actions.answer_call(callback, on_number=True)
    assert not case.proofs.filter(kind=ProofKind.PHONE).exists()


def test_the_database_itself_keeps_calls_apart(case):
    kaori = world.agent()
    facts = {"language": "ja", "passphrase": "x", "carrier": "browser"}
    other = open_case(world.customer("other@customer.example"), None, ProofKind.SESSION)
    Callback.objects.create(case=case, number=world.NUMBER, state=CallbackState.TALKING, agent=kaori, **facts)
    refused = (
        ("one_live_callback_a_case", {"case": case, "number": "+819011112222"}),
        ("one_live_call_a_number", {"case": other, "number": world.NUMBER}),
        ("one_live_call_an_agent", {"case": other, "number": "+819011112222", "state": "ringing", "agent": kaori}),
        ("a_call_has_an_agent", {"case": other, "number": "+819011112222", "state": "ringing"}),
    )
    for name, more in refused:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Callback.objects.create(**facts, **more)
