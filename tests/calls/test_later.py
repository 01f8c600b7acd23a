"""Calls asked for later, and changed before anybody calls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mioboe.calls import actions
from mioboe.calls.matching import expected_wait, place_in_queue
from mioboe.calls.models import Callback, CallbackState
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind
from tests import world

pytestmark = pytest.mark.django_db
OTHER = "+819011112222"


@pytest.fixture
def case() -> Case:
    return open_case(world.customer(), None, ProofKind.SESSION)


@pytest.fixture
def other() -> Case:
    return open_case(world.customer("other@customer.example"), None, ProofKind.SESSION)


def in_minutes(minutes: int):
    return timezone.now() + timedelta(minutes=minutes)


def test_a_call_for_later_is_given_to_nobody_before_it_is_due(case):
    actions.go_on_duty(world.agent(), takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja", due_at=in_minutes(5))
    assert (callback.state, actions.bring_in_due()) == (CallbackState.WAITING, 0)
    Callback.objects.update(due_at=timezone.now())
    assert actions.bring_in_due() == 1
    callback.refresh_from_db()
    assert callback.state == CallbackState.OFFERED


def test_the_job_of_a_call_for_later_waits_until_then_and_may_run_twice(case, run_jobs):
    actions.go_on_duty(world.agent(), takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja", due_at=in_minutes(5))
    assert run_jobs() == 0
    assert not actions.becomes_due(callback)
    Callback.objects.update(due_at=timezone.now())
    assert actions.becomes_due(callback)
    assert not actions.becomes_due(callback)


def test_who_asked_for_later_comes_behind_who_was_due_before(case, other):
    late = actions.request_callback(case, world.NUMBER, "ja", due_at=in_minutes(5))
    early = actions.request_callback(other, OTHER, "ja")
    Callback.objects.filter(pk=late.pk).update(due_at=timezone.now())
    actions.bring_in_due()
    late.refresh_from_db()
    assert (place_in_queue(early), place_in_queue(late)) == (1, 2)
    actions.go_on_duty(world.agent(), takes_at_once=False)
    early.refresh_from_db()
    assert early.state == CallbackState.OFFERED


def test_more_than_three_days_ahead_is_refused(case):
    with pytest.raises(ValueError):
        actions.request_callback(case, world.NUMBER, "ja", due_at=in_minutes(3 * 24 * 60 + 1))
    assert not Callback.objects.exists()


def test_number_and_time_change_until_somebody_calls(case):
    callback = actions.request_callback(case, world.NUMBER, "ja", due_at=in_minutes(30))
    actions.change_callback(callback, number=OTHER)
    actions.change_callback(callback, due_at=in_minutes(60))
    callback.refresh_from_db()
    assert callback.number.as_e164 == OTHER
    assert callback.due_at > in_minutes(59)
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=False)
    actions.change_callback(callback, due_at=timezone.now())
    assert callback.state == CallbackState.OFFERED
    with pytest.raises(actions.TooLate):
        actions.change_callback(callback, number=world.NUMBER)


def test_a_number_that_waits_for_another_case_is_not_changed_to(case, other):
    actions.request_callback(other, OTHER, "ja")
    callback = actions.request_callback(case, world.NUMBER, "ja")
    with pytest.raises(actions.AlreadyWaiting):
        actions.change_callback(callback, number=OTHER)
    callback.refresh_from_db()
    assert callback.number.as_e164 == world.NUMBER


def test_the_expected_wait_is_none_where_nobody_serves_and_zero_where_somebody_is_free(case, other):
    callback = actions.request_callback(case, world.NUMBER, "en", about="parcel")
    assert expected_wait(callback) is None
    busy = world.agent("busy@desk.example", topics=("parcel",))
    actions.go_on_duty(busy, takes_at_once=False)
    callback.refresh_from_db()
    assert expected_wait(callback) == timedelta(0)
    waits = actions.request_callback(other, OTHER, "en", about="parcel")
    assert expected_wait(waits) == timedelta(minutes=5)
    actions.go_on_duty(world.agent("digital@desk.example", topics=("digital",)), takes_at_once=False)
    assert expected_wait(waits) == timedelta(minutes=5)
