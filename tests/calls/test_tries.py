"""A customer who is not reached is tried again, and then written to."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.calls import actions
from mioboe.calls.models import Callback, CallbackState, Duty, DutyState, Reason
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind
from mioboe.mails.models import Mail
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    return open_case(hana, world.bought(hana), None)


def ring(callback: Callback, agent) -> None:
    """The next try begins and the agent's telephone rings out."""
    Callback.objects.filter(pk=callback.pk, is_queued=False).update(due_at=timezone.now())
    actions.becomes_due(callback)
    actions.go_on_duty(agent, takes_at_once=True)
    callback.refresh_from_db()
    actions.take_call(callback, agent)


def minutes_until(callback: Callback) -> int:
    return round((callback.due_at - timezone.now()) / timedelta(minutes=1))


@pytest.mark.parametrize("reason", [reason for reason in Reason.values if reason])
def test_who_is_not_reached_is_tried_again_after_one_and_five_minutes_and_then_written_to(case, reason):
    kaori = world.agent()
    callback = actions.request_callback(case, world.NUMBER, "en")
    place = callback.place_at
    for wait in (1, 5):
        ring(callback, kaori)
        assert actions.not_reached(callback, reason)
        assert not actions.not_reached(callback, reason), "said twice, it is one try"
        assert (callback.state, callback.agent, callback.reason) == (CallbackState.WAITING, None, reason)
        assert (minutes_until(callback), callback.place_at, callback.is_queued) == (wait, place, False)
        assert Duty.objects.get(agent=kaori).state == DutyState.WRAPPING_UP
    ring(callback, kaori)
    assert actions.not_reached(callback, reason)
    callback.refresh_from_db()
    assert (callback.state, callback.rings, callback.reason) == (CallbackState.MISSED, 3, reason)
    told = [entry.detail["minutes"] for entry in Entry.objects.filter(verb=f"callback.{reason}").order_by("at")]
    assert told == [1, 5]
    assert Entry.objects.filter(verb="callback.missed").count() == 1
    assert Mail.objects.filter(kind=actions.UNREACHED_MAIL, person=case.customer).count() == 1


def test_between_two_tries_nobody_is_given_the_call(case):
    kaori = world.agent()
    callback = actions.request_callback(case, world.NUMBER, "en")
    ring(callback, kaori)
    actions.not_reached(callback, Reason.BUSY)
    actions.go_on_duty(kaori, takes_at_once=True)
    assert not actions.becomes_due(callback)
    assert Callback.objects.get().state == CallbackState.WAITING


def test_a_ring_that_is_over_does_not_end_the_next_one(case):
    kaori = world.agent()
    callback = actions.request_callback(case, world.NUMBER, "en")
    ring(callback, kaori)
    actions.not_reached(callback, Reason.BUSY)
    ring(callback, kaori)
    assert not actions.not_reached(callback, Reason.NO_ANSWER, ring=1)
    assert callback.state == CallbackState.RINGING


def mail_after_three_tries(case):
    kaori = world.agent()
    callback = actions.request_callback(case, world.NUMBER, "en")
    for _ in range(3):
        ring(callback, kaori)
        actions.not_reached(callback, Reason.NO_ANSWER)
    return world.read(actions.UNREACHED_MAIL)


def test_the_mailed_link_leads_to_asking_again_without_signing_in_and_once(case):
    mail = mail_after_three_tries(case)
    path = "/help/call-again/" + mail.text.split("/help/call-again/")[1].split()[0]
    client, other = Client(), Client()
    assert client.get(path).status_code == 200
    assert not case.proofs.exists(), "a mail scanner opens links, too"
    asked = client.post(path)
    assert asked.headers["Location"] == f"/help/cases/{case.number}/call/"
    assert client.get(asked.headers["Location"]).status_code == 200
    assert case.proofs.get().kind == ProofKind.MAILBOX
    assert other.post(path).status_code == 410
    assert client.get(path).headers["Location"] == asked.headers["Location"]
    assert other.get("/help/call-again/nobody/").status_code == 404


def test_the_mail_does_not_hold_the_whole_number(case):
    mail = mail_after_three_tries(case)
    assert "3 times" in mail.text
    assert "1234" not in mail.text and "1234" not in mail.html
