"""Pressed twice, in two tabs, too late or with something wrong: said in the person's language, nothing lost or doubled."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from mioboe.calls import actions as calls
from mioboe.calls.limits import count_call
from mioboe.calls.models import Callback, CallbackState
from mioboe.cases.actions import LONGEST_STORY, open_case
from mioboe.cases.models import Case, Proof, ProofKind
from mioboe.mails.links import make_link
from mioboe.mails.models import Link, Mail
from mioboe.orders.actions import LINK_PURPOSE
from mioboe.orders.models import Order
from mioboe.statements.issuers import LARGEST_FILE
from mioboe.statements.models import StatementCheck
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana():
    return world.customer()


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def link(hana) -> str:
    order = world.bought(hana)
    return f"/help/not-me/{make_link(LINK_PURPOSE, order.ref, hana.email, hana, 60)}/"


def signed_in(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


# --- what was typed ------------------------------------------------------------------------------------------------


def test_words_as_long_as_the_field_allows_are_kept_whole(client, link):
    words = (
        "あ\r\n" * (LONGEST_STORY // 2 - 1) + "終わり"[:2]
    )  # the browser counts a line's end once and sends it twice
    client.post(link, {"words": words})
    kept = Case.objects.get().words
    assert kept == words.replace("\r\n", "\n")
    client.post(link, {"words": "x" * 3 * LONGEST_STORY})
    assert len(Case.objects.get().words) == LONGEST_STORY


def test_words_of_a_second_tab_are_added_and_the_same_ones_are_not_said_twice(client, link, hana):
    client.post(link, {"words": "I was in the bath."})
    client.post(link, {"words": "I was in the bath."})
    client.post(link, {"words": "The telephone was in the hall."})
    assert Case.objects.get().words == "I was in the bath.\n\nThe telephone was in the hall."
    order = Order.objects.get()
    signed_in(hana).post(f"/help/orders/{order.number}/", {"words": "My son says no, too."})
    assert Case.objects.get().words.endswith("in the hall.\n\nMy son says no, too.")


def test_a_spent_link_adds_no_strangers_words(client, link):
    client.post(link, {"words": "mine"})
    Client().post(link, {"words": "not mine"})
    assert Case.objects.get().words == "mine"


# --- twice, too late, somebody else's ------------------------------------------------------------------------------


def test_the_mailed_link_proves_the_mailbox_and_the_order_page_only_the_session(client, link, hana):
    order = Order.objects.get()
    signed_in(hana).post(f"/help/orders/{order.number}/")
    assert list(Proof.objects.values_list("kind", flat=True)) == [ProofKind.SESSION]
    client.post(link)
    assert set(Proof.objects.values_list("kind", flat=True)) == {ProofKind.SESSION, ProofKind.MAILBOX}


def test_a_link_spent_between_opening_and_pressing_opens_nothing_more(client, link, monkeypatch):
    """Two tabs press in one moment: both have found the link good, one of them uses it."""
    monkeypatch.setattr("mioboe.help.views.not_me.use_link", lambda link: False)
    assert client.post(link)["Location"] == link
    assert not Case.objects.exists() and not Proof.objects.exists()


def test_a_good_link_asks_for_no_other(client, link):
    mails = Mail.objects.count()
    assert client.post(link + "new/")["Location"] == link
    assert Mail.objects.count() == mails


def test_the_new_link_is_mailed_to_the_address_of_the_old_one_and_not_shown(client, link, hana):
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page = client.post(link + "new/").content.decode()
    new = max(world.read_all("order_confirmed"), key=lambda mail: mail.pk)
    secret = re.search(r"/help/not-me/([^/\s]+)/", new.text)
    assert secret and new.to == hana.email
    assert secret[1] not in page and hana.email not in page


def test_my_cases_and_my_orders_list_nobody_elses(hana):
    mine = open_case(hana, world.bought(hana), ProofKind.SESSION)
    ben = world.customer("ben@customer.example")
    theirs = open_case(ben, world.bought(ben, world.film("paper-trains"), "press-two"), ProofKind.SESSION)
    for path, shown, hidden in (
        ("/help/cases/", mine.number, theirs.number),
        ("/help/contact/", mine.order.number, theirs.order.number),
        ("/orders/", mine.order.number, theirs.order.number),
    ):
        page = signed_in(hana).get(path).content.decode()
        assert shown in page and hidden not in page, path


def test_a_revoked_film_does_not_play(hana):
    from mioboe.orders.actions import revoke_access

    order = world.bought(hana)
    assert signed_in(hana).get(f"/orders/{order.number}/watch/").status_code == 200
    revoke_access(order)
    assert signed_in(hana).get(f"/orders/{order.number}/watch/").status_code == 403


@pytest.mark.parametrize("press", ["", "short", "x" * 41])
def test_a_press_that_is_none_of_ours_buys_nothing_and_says_so(hana, press):
    world.film()
    client = signed_in(hana)
    page = client.post("/goods/falling-stars/buy/", {"press": press}, follow=True).content.decode()
    assert "too old to buy from" in page
    assert not Order.objects.exists()


# --- the telephone of the waiting page -----------------------------------------------------------------------------


@pytest.fixture
def ringing(hana) -> Callback:
    kaori = world.agent()
    calls.go_on_duty(kaori, takes_at_once=True)
    callback = calls.request_callback(open_case(hana, world.bought(hana), ProofKind.SESSION), world.NUMBER, "en")
    calls.take_call(callback, kaori)
    return callback


def verb(client, callback, name, **sent):
    return client.post(f"/help/cases/{callback.case.number}/waiting/{name}/", sent)


def test_answering_twice_is_answered_once_and_proves_no_telephone(hana, ringing):
    client = signed_in(hana)
    assert verb(client, ringing, "answer").status_code == 204
    late = verb(client, ringing, "answer")
    assert late.status_code == 409 and "answered elsewhere" in late.content.decode()
    assert not Proof.objects.filter(kind=ProofKind.PHONE).exists()


def test_a_verb_that_does_not_exist_is_not_found(hana, ringing):
    assert verb(signed_in(hana), ringing, "explode").status_code == 404


@pytest.mark.parametrize("sent", ["", "-1", "x", "²", "1" * 10, "1.5"])
def test_sound_counts_that_are_none_are_let_go(hana, ringing, sent):
    assert verb(signed_in(hana), ringing, "audio", sent=sent, received="5").status_code == 204
    ringing.refresh_from_db()
    assert ringing.audio == {}


def test_both_sides_sound_counts_are_kept(hana, ringing):
    assert verb(signed_in(hana), ringing, "audio", sent="7", received="8").status_code == 204
    agent = signed_in(ringing.agent)
    assert agent.post(f"/desk/calls/{ringing.pk}/audio/", {"sent": "8", "received": "7"}).status_code == 204
    ringing.refresh_from_db()
    assert ringing.audio == {"customer": {"sent": 7, "received": 8}, "agent": {"sent": 8, "received": 7}}


def test_giving_up_twice_cancels_once_and_leads_to_the_case(hana):
    callback = calls.request_callback(open_case(hana, world.bought(hana), ProofKind.SESSION), world.NUMBER, "en")
    client = signed_in(hana)
    for _ in range(2):
        assert verb(client, callback, "cancel")["Location"] == f"/help/cases/{callback.case.number}/"
    callback.refresh_from_db()
    assert callback.state == CallbackState.CANCELLED


# --- what went wrong, in both languages ----------------------------------------------------------------------------

JAPANESE = re.compile(r"[\u3040-\u30ff]")


def said(response) -> str:
    """The form's complaint where there is one, else the page's heading."""
    page = response.content.decode()
    problem = response.context.get("problem")
    if problem:
        assert escape(problem) in page
        return str(problem)
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    assert found, page
    return found[1].strip()


def number_that_does_not_exist(client, case):
    return client.post(f"/help/cases/{case.number}/call/", {"which": "typed", "number": "090-1234"})


def called_too_often(client, case):
    for _ in range(7):
        count_call(case.customer, world.NUMBER, None)
    return client.post(f"/help/cases/{case.number}/call/", {"which": case.customer.phones.get().pk})


def file_too_large(client, case):
    file = SimpleUploadedFile("x.csv", b"x" * (LARGEST_FILE + 1))
    return client.post(f"/help/cases/{case.number}/statement/", {"statement": file})


def file_unreadable(client, case):
    return client.post(f"/help/cases/{case.number}/statement/", {"statement": SimpleUploadedFile("x.csv", b"x")})


def no_file(client, case):
    return client.post(f"/help/cases/{case.number}/statement/")


def link_expired(client, case):
    secret = make_link(LINK_PURPOSE, case.order.ref, case.customer.email, case.customer, -1)
    elsewhere = Client()
    elsewhere.cookies["django_language"] = client.cookies["django_language"].value
    return elsewhere.get(f"/help/not-me/{secret}/")


def link_of_another_purpose(client, case):
    secret = make_link("approve", case.order.ref, case.customer.email, case.customer, 60)
    return client.get(f"/help/not-me/{secret}/")


def link_of_somebody_else(client, case):
    ben = world.customer("ben@customer.example")
    order = world.bought(ben, world.film("paper-trains"), "press-two")
    return client.get(f"/help/not-me/{make_link(LINK_PURPOSE, order.ref, ben.email, ben, 60)}/")


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (number_that_does_not_exist, 422),
        (called_too_often, 422),
        (file_too_large, 422),
        (file_unreadable, 422),
        (no_file, 422),
        (link_expired, 410),
        (link_of_another_purpose, 404),
        (link_of_somebody_else, 403),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_went_wrong_is_said_in_the_persons_language(hana, ask, status, language):
    case = open_case(hana, world.bought(hana), ProofKind.SESSION)
    client = signed_in(hana)
    client.cookies["django_language"] = language
    response = ask(client, case)
    assert response.status_code == status
    assert bool(JAPANESE.search(said(response))) == (language == "ja"), said(response)
    assert not StatementCheck.objects.exists()


def test_a_file_that_is_too_large_is_said_to_be_just_that(hana):
    case = open_case(hana, world.bought(hana), ProofKind.SESSION)
    assert "larger than 2" in said(file_too_large(signed_in(hana), case))
