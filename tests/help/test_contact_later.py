"""A call for later: asked for, mailed with a calendar entry, changed, cancelled; numbers on file; the operator's lists."""

import email
import email.policy
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.calls.calendar import LONGEST_LINE, entry
from mioboe.calls.models import Callback, CallbackState
from mioboe.calls.opening import key_of, opening
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, Detail, ProofKind, Topic
from mioboe.mails.jobs import _part
from mioboe.mails.models import Mail
from mioboe.people.models import Phone, Role
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana():
    return world.customer()


@pytest.fixture
def case(hana) -> Case:
    return open_case(hana, world.bought(hana), ProofKind.SESSION)


@pytest.fixture
def client(hana) -> Client:
    signed_in = Client(headers={"accept-language": "en"})
    signed_in.force_login(hana)
    return signed_in


def times() -> list[str]:
    return [key_of(slot.at) for slot in opening().slots(timezone.now())]


def ask(client: Client, case: Case, **sent: str):
    return client.post(f"/help/cases/{case.number}/call/", {"which": case.customer.phones.get().pk, **sent})


def entries_mailed() -> list[str]:
    return [file["text"] for mail in Mail.objects.order_by("pk") for file in mail.attached]


def test_a_call_for_later_is_confirmed_by_mail_with_a_calendar_entry(client, case):
    at = times()[20]
    assert ask(client, case, when="at", at=at).status_code == 302
    callback = Callback.objects.get()
    assert (key_of(callback.due_at), callback.is_queued) == (at, False)
    mail = Mail.objects.get(kind="call_later")
    (file,) = mail.attached
    assert f"DTSTART:{callback.due_at:%Y%m%dT%H%M%SZ}" in file["text"] and "METHOD:PUBLISH" in file["text"]
    assert callback.passphrase not in mail.text + file["text"]  # they stand on our page only
    part = email.message_from_bytes(_part(file).as_bytes(), policy=email.policy.default)
    assert part.get_content_type() == "text/calendar" and part.get_param("method") == "PUBLISH"
    page = client.get(f"/help/cases/{case.number}/waiting/").content.decode()
    assert "We call you:" in page and "Another number or time" in page
    assert "We call you:" in client.get("/help/cases/").content.decode()


def test_in_five_minutes_needs_no_mail(client, case):
    ask(client, case, when="soon")
    due_in = Callback.objects.get().due_at - timezone.now()
    assert timedelta(minutes=4) < due_in <= timedelta(minutes=5)
    assert not Mail.objects.filter(kind="call_later").exists()


def test_another_time_moves_the_entry_and_cancelling_takes_it_out(client, case):
    first, second = times()[10], times()[50]
    ask(client, case, when="at", at=first)
    path = f"/help/cases/{case.number}/call/change/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"which": "kept", "when": "at", "at": second}).status_code == 302
    assert key_of(Callback.objects.get().due_at) == second
    client.post(path, {"which": "typed", "number": "090-1111-2222", "when": "keep"})
    callback = Callback.objects.get()
    assert (callback.number.as_e164, key_of(callback.due_at)) == ("+819011112222", second)
    client.post(f"/help/cases/{case.number}/waiting/cancel/")
    uids = {re.search(r"UID:(\S+)", text)[1] for text in entries_mailed()}
    assert len(uids) == 1 and "METHOD:CANCEL" in entries_mailed()[-1]
    assert Callback.objects.get().state == CallbackState.CANCELLED
    assert client.post(path, {"which": "kept", "when": "keep"})["Location"].endswith("/waiting/")


def test_now_instead_takes_the_entry_out(client, case):
    ask(client, case, when="at", at=times()[10])
    client.post(f"/help/cases/{case.number}/call/change/", {"which": "kept", "when": "now"})
    assert Callback.objects.get().is_queued
    assert "now instead" in Mail.objects.get(kind="call_later_cancelled").text


def test_the_mailed_link_lets_one_browser_in_by_one_press(client, case):
    ask(client, case, when="at", at=times()[10])
    link = re.search(r"http://[^/]+(/help/calls/\S+)", Mail.objects.get(kind="call_later").text)[1]
    visitor, other = (Client(headers={"accept-language": "en"}) for _ in range(2))
    for _ in range(2):
        assert visitor.get(link).status_code == 200
    waiting = visitor.post(link)["Location"]
    assert visitor.get(waiting).status_code == 200 and other.get(waiting).status_code == 404
    assert other.post(link).status_code == 410
    assert other.post(link + "new/").status_code == 200
    assert Mail.objects.filter(kind="call_later").count() == 2
    assert other.get("/help/calls/1/nonsense/").status_code == 404


def test_outside_of_the_hours_nobody_is_called_now(client, case, settings):
    day = timezone.localtime() + timedelta(days=1)
    settings.MIOBOE_CALL_HOURS = [f"{day:%a} 09:00-10:00".lower()]
    page = client.get(f"/help/cases/{case.number}/call/").content.decode()
    assert 'value="now"' not in page and "Nobody is called just now" in page
    assert ask(client, case, when="now").status_code == 422
    assert not Callback.objects.exists()
    assert ask(client, case, when="at", at=times()[0]).status_code == 302


def test_a_calendar_entry_is_folded_and_escaped():
    now = timezone.now()
    text = entry("a@b", now, now, "お電話；".replace("；", ";") * 20, "a, b\\c\nEND:VEVENT")
    assert all(len(line.encode()) <= LONGEST_LINE for line in text.split("\r\n"))
    assert "\r\nDESCRIPTION:a\\, b\\\\c\\nEND:VEVENT\r\n" in text and text.count("\r\nEND:VEVENT") == 1


# --- numbers on file ---------------------------------------------------------------------------------------------------


def test_a_number_is_added_named_and_removed_and_its_owner_told(client, hana, monkeypatch):
    monkeypatch.setattr("mioboe.people.proofs.is_fresh", lambda request: True)
    sent = {"number": "０９０－１１１１－２２２２", "name": " My \n mobile ", "country": "JP"}
    assert client.post("/help/safety/numbers/add/", sent).status_code == 302
    phone = hana.phones.get(number="+819011112222")
    assert phone.name == "My mobile" and timezone.now() - phone.since < timedelta(minutes=1)
    assert client.post("/help/safety/numbers/add/", sent).status_code == 422
    assert client.post("/help/safety/numbers/add/", {"number": "0120-000-000"}).status_code == 422
    since = phone.since
    client.post(f"/help/safety/numbers/{phone.pk}/name/", {"name": "Home"})
    phone.refresh_from_db()
    assert (phone.name, phone.since) == ("Home", since)
    assert client.get(f"/help/safety/numbers/{phone.pk}/remove/").status_code == 200
    client.post(f"/help/safety/numbers/{phone.pk}/remove/")
    assert not Phone.objects.filter(pk=phone.pk).exists()
    assert Mail.objects.filter(kind="number_changed").count() == 2


def test_a_session_alone_adds_and_removes_no_number(client, hana):
    assert client.post("/help/safety/numbers/add/", {"number": "090-1111-2222"}).status_code == 302
    client.post(f"/help/safety/numbers/{hana.phones.get().pk}/remove/")
    assert hana.phones.count() == 1


# --- the operator's lists ------------------------------------------------------------------------------------------------


@pytest.fixture
def operator() -> Client:
    world.topics()
    person = world.agent("ops@desk.example")
    person.role = Role.OPERATOR
    person.save()
    signed_in = Client(headers={"accept-language": "en"})
    signed_in.force_login(person)
    return signed_in


def test_the_operator_adds_a_topic_and_a_detail(operator):
    sent = {
        "words_ja": "ギフト",
        "words_en": "Gifts",
        "offered_for": ["nothing"],
        "channels": ["phone"],
        "is_in_use": "on",
    }
    assert operator.post("/desk/topics/topic/new/", sent).status_code == 302
    assert operator.post("/desk/topics/topic/new/", sent).status_code == 302
    topic, second = Topic.objects.filter(words_en="Gifts").order_by("pk")
    assert (topic.slug, second.slug) == ("gifts", "gifts-2")
    detail = {"topic": topic.pk, "words_ja": "包装", "words_en": "Wrapping", "leads_to": "contact", "is_in_use": "on"}
    assert operator.post("/desk/topics/detail/new/", detail).status_code == 302
    made = Detail.objects.get(slug="wrapping")
    assert operator.post(f"/desk/topics/detail/{made.pk}/", {**detail, "words_en": "Paper"}).status_code == 302
    made.refresh_from_db()
    assert (made.slug, made.words_en, made.ways) == ("wrapping", "Paper", ["phone"])
    assert "Paper" in operator.get("/desk/topics/").content.decode()


def test_the_operator_moves_topics(operator):
    first, second = Topic.objects.all()[:2]
    operator.post(f"/desk/topics/topic/{second.pk}/up/")
    assert list(Topic.objects.all()[:2]) == [second, first]
    operator.post(f"/desk/topics/topic/{second.pk}/up/")  # the first already
    operator.post(f"/desk/topics/topic/{second.pk}/down/")
    assert list(Topic.objects.all()[:2]) == [first, second]
