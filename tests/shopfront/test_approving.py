"""On the shop's pages: the order that waits, its code, and the choice when to be asked."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.mails.later import finish_words
from mioboe.mails.models import Link, Mail
from mioboe.orders.actions import Wish, choose_approval, wish_of
from mioboe.orders.models import ApprovalChoice, ApproveWhen, Order
from mioboe.people.models import Person
from mioboe.signins.models import Device
from tests import world
from tests.people.authenticator import SoftAuthenticator
from tests.people.signing_in import confirm

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana() -> Person:
    person = world.customer()
    ApprovalChoice.objects.filter(person=person).update(when=ApproveWhen.ALWAYS)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def browser(hana) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(hana)
    return client


@pytest.fixture
def unknown(browser) -> Client:
    """The same, on a device that the account does not know."""
    Device.objects.update(known_at=None)
    return browser


def text_of(kind: str) -> str:
    mail = Mail.objects.filter(kind=kind).latest("pk")
    if not mail.text:
        finish_words(mail)
    return mail.text


def buy(browser: Client) -> Order:
    film = world.film()
    browser.post("/goods/falling-stars/buy/", {"press": "the-press", "seen": world.seen(film)})
    return Order.objects.get()


def test_the_order_page_says_what_it_waits_for_and_takes_the_code(browser):
    order = buy(browser)
    page = browser.get(f"/orders/{order.number}/").content.decode()
    assert "Please approve this order" in page and "data-counts-down" in page
    assert "Nothing was charged for this order" in page
    code = re.search(r"^\d{6}$", text_of("approve_order"), re.M)[0]
    wrong = "000000" if code != "000000" else "111111"
    page = browser.post(f"/orders/{order.number}/approve/", {"code": wrong}, follow=True).content.decode()
    assert "4 more tries" in page
    page = browser.post(f"/orders/{order.number}/approve/", {"code": code}, follow=True).content.decode()
    assert "Approved. The order goes its way." in page and Order.objects.get().state == "confirmed"


def test_whoever_is_signed_in_reads_neither_link_nor_code_of_the_mail(browser):
    order = buy(browser)
    text = text_of("approve_order")
    mail = Mail.objects.get(kind="approve_order")
    page = browser.get(f"/orders/{order.number}/mails/{mail.number}/").content.decode()
    assert "Did you order this?" in page and "/help/approve/" not in page
    assert re.search(r"^\d{6}$", text, re.M)[0] not in page


def test_not_wanted_after_all_it_is_off(browser):
    order = buy(browser)
    assert b"Not buy this?" in browser.get(f"/orders/{order.number}/undo/").content
    assert Order.objects.get().state == "waiting"
    page = browser.post(f"/orders/{order.number}/undo/", follow=True).content.decode()
    assert "Nothing was charged" in page and Order.objects.get().state == "refused"


def test_the_history_finds_what_waits_and_what_was_not_approved(browser):
    order = buy(browser)
    for state, there in (("waiting", True), ("refused", False), ("placed", False)):
        assert (order.number.encode() in browser.get(f"/orders/?state={state}").content) == there
    browser.post(f"/orders/{order.number}/undo/")
    assert order.number.encode() in browser.get("/orders/?state=refused").content


def test_to_be_asked_more_takes_one_press(browser, hana):
    ApprovalChoice.objects.update(when=ApproveWhen.NEVER)
    browser.post("/settings/approval/", {"when": "unfamiliar", "above": "5000"})
    assert wish_of(hana) == Wish(ApproveWhen.UNFAMILIAR, 5000)
    assert not Mail.objects.exists()


LESS = "/settings/approval/less/?when=never"


def test_on_a_known_device_to_be_asked_less_takes_a_fresh_proof(browser, hana):
    page = browser.post("/settings/approval/", {"when": "never"}, follow=True)
    assert page.request["QUERY_STRING"] == "when=never" and b"confirm once more that it is you" in page.content
    browser.post(LESS, {"do": "set"})
    assert wish_of(hana).when == ApproveWhen.ALWAYS
    Person.objects.update(password_set_at=timezone.now() - timedelta(days=8))
    confirm(browser, going_on=LESS)
    assert b"Yes, change it" in browser.get(LESS).content
    assert wish_of(hana).when == ApproveWhen.ALWAYS
    browser.post(LESS, {"do": "set"})
    assert wish_of(hana).when == ApproveWhen.NEVER
    assert "on a device that you use often" in text_of("approval_lowered") and not Link.objects.exists()


def test_a_proof_of_this_week_is_not_enough_but_the_mail_is_there(browser, hana):
    Person.objects.update(password_set_at=timezone.now() - timedelta(days=6))
    confirm(browser, going_on=LESS)
    page = browser.get(LESS).content.decode()
    assert "set up only lately" in page and "Yes, change it" not in page
    browser.post(LESS, {"do": "set"})
    assert wish_of(hana).when == ApproveWhen.ALWAYS
    browser.post(LESS, {"do": "mail"})
    assert Mail.objects.filter(kind="approval_lower").count() == 1


def test_on_an_unknown_device_a_fresh_proof_is_not_enough(unknown, hana):
    Person.objects.update(password_set_at=timezone.now() - timedelta(days=8))
    soft = SoftAuthenticator(hana)
    options = unknown.get(f"/account/2fa/webauthn/reauthenticate/?next={LESS}").context["js_data"]["request_options"]
    unknown.post("/account/2fa/webauthn/reauthenticate/", {"credential": soft.answer(json.loads(json.dumps(options)))})
    unknown.post(LESS, {"do": "set"})
    assert wish_of(hana).when == ApproveWhen.ALWAYS


def test_what_would_not_be_less_is_not_asked_about(browser, hana):
    ApprovalChoice.objects.update(when=ApproveWhen.NEVER)
    for wrong in (LESS, "/settings/approval/less/", "/settings/approval/less/?when=x&above=y"):
        assert browser.get(wrong).status_code == browser.post(wrong, {"do": "set"}).status_code == 302
    assert not Mail.objects.exists()


def test_to_be_asked_less_takes_a_press_in_the_mailbox(unknown, hana):
    browser = unknown
    page = browser.post("/settings/approval/", {"when": "never"}, follow=True).content.decode()
    assert "We have mailed h•••@customer.example" in page and wish_of(hana).when == ApproveWhen.ALWAYS
    path = re.search(r"/settings/approval/[\w-]+/", text_of("approval_lower"))[0]
    visitor = Client(headers={"accept-language": "en"})
    assert b"Nothing changes until you press" in visitor.get(path).content
    assert wish_of(hana).when == ApproveWhen.ALWAYS
    assert b"Changed." in visitor.post(path).content
    assert wish_of(hana) == Wish(ApproveWhen.NEVER)
    assert "We ask you less" in text_of("approval_lowered")
    assert visitor.post(path).status_code == visitor.get(path).status_code == 410


def test_what_is_chosen_since_ends_the_link(unknown, hana):
    browser = unknown
    ApprovalChoice.objects.update(when=ApproveWhen.UNFAMILIAR)
    browser.post("/settings/approval/", {"when": "never"})
    path = re.search(r"/settings/approval/[\w-]+/", text_of("approval_lower"))[0]
    browser.post("/settings/approval/", {"when": "always"})
    assert browser.post(path).status_code == 410 and wish_of(hana).when == ApproveWhen.ALWAYS


def test_mails_that_ask_are_bounded(unknown, hana):
    for _ in range(7):
        unknown.post("/settings/approval/", {"when": "never"})
    assert Mail.objects.filter(kind="approval_lower").count() == Link.objects.count() == 5


@pytest.mark.parametrize(
    "sent", [{}, {"when": "sometimes"}, {"when": "never", "above": "x"}, {"when": "always", "above": "0"}]
)
def test_nonsense_changes_nothing(browser, hana, sent):
    browser.post("/settings/approval/", sent)
    assert wish_of(hana) == Wish(ApproveWhen.ALWAYS) and not Mail.objects.exists()


def test_of_another_customers_order_nothing_is_to_be_approved(browser):
    order = buy(browser)
    browser.force_login(world.customer("other@customer.example"))
    assert browser.post(f"/orders/{order.number}/approve/", {"code": "123456"}).status_code == 404


def test_an_intruders_device_waits_and_the_customers_own_does_not(hana):
    """The default, with real sign-ins over the pages."""
    choose_approval(hana, Wish(ApproveWhen.ALWAYS))
    ApprovalChoice.objects.update(when=ApproveWhen.UNFAMILIAR)
    film = world.film()
    own = Client(headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0.0.0"})
    other = Client(headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Safari"})
    for client, address in ((own, "133.11.0.1"), (other, "133.11.77.1")):
        client.post("/account/login/", {"login": hana.email, "password": world.PASSWORD}, REMOTE_ADDR=address)
    assert Device.objects.count() == 2
    for client, press in ((own, "own-press"), (other, "other-press")):
        client.post(
            "/goods/falling-stars/buy/", {"press": press, "seen": world.seen(film), "knows": "", "sure": "held"}
        )
        film = film.__class__.objects.get(pk=film.pk)
        Order.objects.filter(press="own-press").update(placed_at="2026-01-01T00:00Z")
    states = {order.press: order.state for order in Order.objects.all()}
    assert states == {"own-press": "confirmed", "other-press": "waiting"}
