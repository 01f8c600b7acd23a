"""The link of the mail about an order that waits: looking changes nothing, one press decides."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.cases.models import Case, ProofKind
from mioboe.mails.later import finish_words
from mioboe.mails.models import Mail
from mioboe.orders.actions import buy_with_one_click
from mioboe.orders.models import Approval, ApprovalChoice, ApproveWhen, Order
from mioboe.payments.models import Charge
from mioboe.people.models import Person
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    hana = world.customer()
    ApprovalChoice.objects.update(when=ApproveWhen.ALWAYS)
    return buy_with_one_click(Person.objects.get(pk=hana.pk), world.film(), "the-press", None)


@pytest.fixture
def path(order) -> str:
    mail = Mail.objects.get(kind="approve_order")
    finish_words(mail)
    return re.search(r"/help/approve/[\w-]+/", mail.text)[0]


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def test_a_scanner_that_opens_the_link_changes_nothing(browser, order, path):
    before = Entry.objects.count()
    for _ in range(3):
        assert b"Nothing has been charged" in browser.get(path).content
        browser.head(path)
    assert state(order) == "waiting" and Entry.objects.count() == before


def test_one_press_approves(browser, order, path):
    page = browser.post(path, {"do": "approve"}, follow=True).content.decode()
    assert state(order) == "confirmed" and Charge.objects.count() == 1 and "A mail confirms it" in page
    browser.post(path, {"do": "refuse"})
    assert state(order) == "confirmed" and not Case.objects.exists()


def test_one_press_refuses_and_opens_a_case_with_everything(browser, order, path):
    answer = browser.post(path, {"do": "refuse", "words": "I was in the bath"})
    case = Case.objects.get()
    assert answer.url == f"/help/cases/{case.number}/call/" and browser.get(answer.url).status_code == 200
    assert case.order == order and case.words == "I was in the bath"
    assert case.proofs.get().kind == ProofKind.MAILBOX
    assert state(order) == "refused" and not Charge.objects.exists()
    assert b"The order is off" in browser.get(path).content


def test_a_press_that_says_neither_decides_nothing(browser, order, path):
    browser.post(path, {"do": "explode"})
    assert state(order) == "waiting"


def test_expired_it_says_so(browser, order, path):
    from mioboe.mails.models import Link

    Approval.objects.update(expires_at=timezone.now())
    Link.objects.update(expires_at=timezone.now())
    assert b"This link has expired" in browser.get(path).content
    browser.post(path, {"do": "approve"})
    assert state(order) == "waiting" and not Charge.objects.exists()


def test_somebody_else_who_is_signed_in_is_turned_away(browser, order, path):
    browser.force_login(world.customer("other@customer.example"))
    assert browser.get(path).status_code == browser.post(path, {"do": "approve"}).status_code == 403
    assert state(order) == "waiting"


def test_reporting_an_order_that_waits_refuses_it(browser, order):
    browser.force_login(order.customer)
    assert browser.post(f"/help/orders/{order.number}/").status_code == 302
    assert state(order) == "refused" and Case.objects.get().proofs.get().kind == ProofKind.SESSION
