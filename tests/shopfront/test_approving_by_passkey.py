"""A passkey approves the order it was asked about, once, and nothing else does in its name."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mioboe.orders.models import ApprovalChoice, ApproveWhen, Order
from mioboe.people.models import Person
from mioboe.trail.models import Entry
from tests import world
from tests.people.authenticator import SoftAuthenticator

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana() -> Person:
    person = world.customer()
    ApprovalChoice.objects.filter(person=person).update(when=ApproveWhen.ALWAYS)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def browser(hana) -> Client:
    return browser_of(hana)


@pytest.fixture
def order(hana) -> Order:
    return world.bought(hana, world.film())


def browser_of(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def path(order: Order) -> str:
    return f"/orders/{order.number}/approve/passkey/"


def asked(browser: Client, order: Order) -> dict[str, Any]:
    return browser.get(path(order), headers={"accept": "application/json"}).json()["request_options"]


def press(browser: Client, order: Order, answer: str) -> str:
    """The page that follows."""
    return browser.post(path(order), {"credential": answer}, follow=True).content.decode()


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def test_a_passkey_approves_the_order_it_was_asked_about(hana, browser, order):
    soft = SoftAuthenticator(hana)
    page = browser.get(f"/orders/{order.number}/").content.decode()
    assert 'data-passkey="approve"' in page and page.index("data-passkey") < page.index('name="code"')
    question = asked(browser, order)
    assert question["publicKey"]["userVerification"] == "required"
    assert len(question["publicKey"]["allowCredentials"]) == 1
    assert "Approved. The order goes its way." in press(browser, order, soft.answer(question))
    order.refresh_from_db()
    assert (order.state, order.approval.how) == ("confirmed", "passkey")
    assert Entry.objects.get(verb="approval.given").detail["how"] == "passkey"
    soft.row.refresh_from_db()
    assert soft.row.last_used_at is not None


def _of_another_account(browser, order, soft) -> str:
    thief = SoftAuthenticator(world.customer("thief@customer.example"))
    thief.host = soft.host
    return thief.answer(asked(browser, order))


def _without_a_finger(browser, order, soft) -> str:
    return soft.answer(asked(browser, order), verified=False)


def _for_another_order(browser, order, soft) -> str:
    other = world.bought(soft.person, world.film("lighthouse"), "press-two")
    answer = soft.answer(asked(browser, other))
    asked(browser, order)
    return answer


def _asked_by_another_session(browser, order, soft) -> str:
    answer = soft.answer(asked(browser_of(soft.person), order))
    asked(browser, order)
    return answer


def _of_another_place(browser, order, soft) -> str:
    soft.host = "evil.example"
    return soft.answer(asked(browser, order))


def _never_asked(browser, order, soft) -> str:
    return soft.answer({"publicKey": {"challenge": "bmV2ZXIgYXNrZWQ"}})


def _too_late(browser, order, soft) -> str:
    answer = soft.answer(asked(browser, order))
    session = browser.session
    session["passkey_asked"][order.ref]["at"] -= 301
    session.save()
    return answer


@pytest.mark.parametrize(
    "wrong",
    [
        _of_another_account,
        _without_a_finger,
        _for_another_order,
        _asked_by_another_session,
        _of_another_place,
        _never_asked,
        _too_late,
    ],
)
def test_what_is_not_its_owners_yes_to_this_order_is_refused(hana, browser, order, wrong: Callable[..., str]):
    soft = SoftAuthenticator(hana)
    assert "did not approve it" in press(browser, order, wrong(browser, order, soft))
    assert state(order) == "waiting"


def test_an_answer_sent_again_approves_nothing(hana, browser, order):
    soft = SoftAuthenticator(hana)
    answer = soft.answer(asked(browser, order))
    press(browser, order, answer)
    again = world.bought(Person.objects.get(pk=hana.pk), world.film("lighthouse"), "press-two")
    asked(browser, again)
    for one in (order, again):
        assert "did not approve it" in press(browser, one, answer)
    assert state(again) == "waiting"


def test_each_question_takes_one_answer(hana, browser, order):
    soft = SoftAuthenticator(hana)
    answer = soft.answer(asked(browser, order))
    press(browser, order, "nonsense")
    assert "did not approve it" in press(browser, order, answer)
    assert state(order) == "waiting"


def test_a_passkey_of_this_week_approves_nothing(hana, browser, order):
    """Whoever is in there without the mailbox would add his own first."""
    new = SoftAuthenticator(hana, days=6)
    assert b"data-passkey" not in browser.get(f"/orders/{order.number}/").content
    assert browser.get(path(order), headers={"accept": "application/json"}).status_code == 302
    SoftAuthenticator(hana)
    question = asked(browser, order)
    assert len(question["publicKey"]["allowCredentials"]) == 1
    assert "did not approve it" in press(browser, order, new.answer(question))
    assert state(order) == "waiting"


def test_nobody_else_is_asked_or_heard(hana, order):
    other = world.customer("other@customer.example")
    soft = SoftAuthenticator(other)
    theirs = browser_of(other)
    assert theirs.get(path(order), headers={"accept": "application/json"}).status_code == 404
    assert theirs.post(path(order), {"credential": soft.answer({"publicKey": {"challenge": "eA"}})}).status_code == 404


@pytest.mark.parametrize(
    "sent",
    ["", "[]", "null", "{}", "1", '{"id": 1}', "[" * 5000, json.dumps({"rawId": "é" * 100}), "x" * 30_000, '{"response": []}'],
)  # fmt: skip
def test_whatever_is_sent_breaks_nothing(hana, browser, order, sent):
    SoftAuthenticator(hana)
    asked(browser, order)
    assert browser.post(path(order), {"credential": sent}).status_code == 302
    assert state(order) == "waiting"


def test_a_session_holds_few_questions(hana, browser):
    SoftAuthenticator(hana)
    for number in range(10):
        asked(browser, world.bought(Person.objects.get(pk=hana.pk), world.film(f"film-{number}"), f"press-{number}"))
    assert len(browser.session["passkey_asked"]) == 10


def test_refused_meanwhile_it_stays_refused(hana, browser, order):
    soft = SoftAuthenticator(hana)
    answer = soft.answer(asked(browser, order))
    browser.post(f"/orders/{order.number}/undo/")
    assert "decided before" in press(browser, order, answer)
    assert state(order) == "refused"
