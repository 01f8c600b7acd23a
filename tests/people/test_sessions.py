"""Sessions, languages, clocks, and what allauth holds back."""

from datetime import UTC, datetime
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.mails.models import Mail
from mioboe.people import actions
from mioboe.people.models import Person
from tests import world

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    assert client.get("/orders/").status_code == 200
    return client


def test_one_session_can_be_spared_and_everybody_elses_are():
    hana, ben = world.customer(), world.customer("ben@customer.example")
    here, there, other = signed_in(hana), signed_in(hana), signed_in(ben)
    assert actions.live_sessions(hana) == 2
    with mock.patch("mioboe.people.actions.sessions.announce_session_end") as told:
        assert actions.end_all_sessions(hana, except_key=here.session.session_key) == 1
    told.assert_called_once_with(there.cookies["sessionid"].value)
    assert [client.get("/orders/").status_code for client in (here, there, other)] == [200, 302, 200]
    assert actions.end_all_sessions(hana) == 1
    assert actions.end_all_sessions(hana) == 0
    assert actions.live_sessions(hana) == 0


def test_the_reset_link_comes_in_the_persons_language_and_works_once(client):
    hana = world.customer(language="ja")
    actions.send_reset_link(hana)
    mail = Mail.objects.get()
    assert "パスワード" in mail.subject and mail.to == hana.email
    link = next(word for word in mail.text.split() if "/password/reset/key/" in word)
    form = client.get(link, follow=True)
    new = {"password1": "a-new-long-pass-phrase-2", "password2": "a-new-long-pass-phrase-2"}
    assert client.post(form.redirect_chain[-1][0], new).status_code == 302
    hana.refresh_from_db()
    assert hana.check_password("a-new-long-pass-phrase-2")
    again = Client().get(link, follow=True).content.decode()
    assert "password1" not in again


def test_the_browsers_choice_of_language_comes_before_the_accounts_and_that_before_the_browsers():
    ben = world.customer("ben@customer.example", language="ja")
    client = signed_in(ben)  # whose browser asks for English
    assert 'lang="ja"' in client.get("/help/").content.decode()
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in client.get("/help/").content.decode()
    assert 'lang="en"' in Client(headers={"accept-language": "en"}).get("/help/").content.decode()


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Tokyo", "21:00"), ("Europe/Berlin", "13:00"), ("Mars/Base", "21:00")]
)
def test_times_are_on_the_persons_own_clock_and_nobody_inherits_it(zone, hour):
    hana = world.customer()
    Person.objects.filter(pk=hana.pk).update(time_zone=zone)
    order = world.bought(hana)
    order.placed_at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    order.save()
    assert hour in signed_in(hana).get("/orders/").content.decode()
    Client().get("/help/")
    assert timezone.get_current_timezone_name() == "Asia/Tokyo"


def test_passwords_cannot_be_tried_for_ever(client):
    """Even the right one is not looked at after that many wrong ones."""
    hana = world.customer()
    for _ in range(10):
        client.post("/account/login/", {"login": hana.email, "password": "wrong"})
    response = client.post("/account/login/", {"login": hana.email, "password": world.PASSWORD})
    assert response.status_code in (200, 429)
    assert client.get("/orders/").status_code == 302


def test_reset_mails_cannot_be_asked_for_without_end(client):
    hana = world.customer()
    statuses = [client.post("/account/password/reset/", {"email": hana.email}).status_code for _ in range(30)]
    assert 429 in statuses
    assert Mail.objects.count() < 30


def test_nobody_puts_another_mail_address_in_the_place_of_the_owners():
    hana = world.customer()
    client = signed_in(hana)
    for action in ("action_add", "action_primary"):
        answer = client.post(
            "/account/email/", {"email": "thief@evil.example", "new": "thief@evil.example", action: ""}
        )
        assert answer.status_code == 302 and answer["Location"].startswith("/account/reauthenticate/")
    hana.refresh_from_db()
    assert hana.email == "hana@customer.example"
