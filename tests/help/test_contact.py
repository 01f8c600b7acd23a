"""The way to us: which order, what it is about, the detail, how; each choice in the address, one press at the end."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.calls.models import Callback, CallbackState
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, CaseState, CaseTopic, ChannelKind, Detail, LeadsTo, ProofKind, Topic
from mioboe.help import channels
from mioboe.mails.models import Link, Mail
from mioboe.orders.models import Access, Parcel, ParcelState
from mioboe.people.models import Phone
from tests import world

pytestmark = pytest.mark.django_db
CONTACT, PHONE = "/help/contact/", "/help/contact/phone/"


@pytest.fixture(autouse=True)
def _lists():
    world.topics()


@pytest.fixture
def hana():
    return world.customer()


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def signed_in(client, hana) -> Client:
    client.force_login(hana)
    return client


def links(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="(/help/contact/[^"]*)"', page)]


def seen(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


# --- which order -----------------------------------------------------------------------------------------------------


def test_from_the_foot_of_every_page_with_the_hours(client, settings):
    for path in ("/", "/help/", "/nowhere/"):
        page = client.get(path).content.decode()
        assert 'href="/help/contact/"' in page and "open 24 hours" in page
    settings.MIOBOE_CALL_HOURS = ["mon-sun 00:00-23:45"]
    assert "open until" in client.get("/").content.decode() or "open again" in client.get("/").content.decode()


def test_films_and_parcels_are_in_one_list_newest_first(signed_in, hana):
    world.bought(hana, world.film(), "press-first")
    world.bought(hana, world.kettle(), "press-second")
    page = seen(signed_in, CONTACT)
    assert page.index("Kettle") < page.index("Falling Stars")


def test_another_order_is_found_by_words_number_or_amount(signed_in, hana):
    film, kettle = world.bought(hana, world.film(), "press-first"), world.bought(hana, world.kettle(), "press-second")
    for sought, there, not_there in (
        ("falling", film, kettle),
        ("ヤカン", kettle, film),
        (film.number, film, kettle),
        ("4800", kettle, film),
    ):
        page = seen(signed_in, f"{CONTACT}?q={sought}")
        assert there.number in page and not_there.number not in page, sought
    assert "No order fits" in seen(signed_in, f"{CONTACT}?q=bicycle")


def test_older_orders_are_a_page_further(signed_in, hana):
    film = world.film()
    orders = [world.bought(hana, film, f"press-number-{n}") for n in range(12)]
    first = seen(signed_in, CONTACT)
    assert orders[-1].number in first and orders[0].number not in first
    (older,) = set(re.findall(r'href="(\?[^"]*older[^"]*)"', first))
    assert orders[0].number in seen(signed_in, CONTACT + older.replace("&amp;", "&"))


def test_somebody_elses_order_is_not_chosen(signed_in):
    theirs = world.bought(world.customer("other@customer.example"))
    page = seen(signed_in, f"{CONTACT}?order={theirs.number}")
    assert "Which order is it about?" in page and "Falling Stars" not in page


# --- what it is about --------------------------------------------------------------------------------------------------


def test_what_it_may_be_about_depends_on_the_order(signed_in, hana):
    film, kettle = world.bought(hana, world.film(), "press-first"), world.bought(hana, world.kettle(), "press-second")
    about_film, about_kettle, about_none = (
        seen(signed_in, f"{CONTACT}?order={order}") for order in (film.number, kettle.number, "none")
    )
    assert "Films and video" in about_film and "Parcel and delivery" not in about_film
    assert "Parcel and delivery" in about_kettle and "Films and video" not in about_kettle
    assert "Account and signing in" in about_none and "I don’t recognise this order" not in about_none


def test_every_choice_leads_somewhere_and_back_loses_nothing(signed_in, hana):
    """Walks all of it: each page's links keep what was chosen before."""
    order = world.bought(hana, world.kettle())
    walked, waiting = set(), [f"{CONTACT}?order={order.number}", f"{CONTACT}?order=none"]
    ends = set()
    while waiting:
        path = waiting.pop()
        if path in walked:
            continue
        walked.add(path)
        response = signed_in.get(path)
        assert response.status_code in (200, 302), path
        if response.status_code == 302:
            ends.add(urlsplit(response["Location"]).path)
            assert parse_qs(urlsplit(response["Location"]).query)["order"] == parse_qs(urlsplit(path).query)["order"]
            continue
        chosen = parse_qs(urlsplit(path).query)
        for link in links(response.content.decode()):
            query = parse_qs(urlsplit(link).query)
            if "about" in query and "detail" in query:
                assert query["order"] == chosen["order"]
                waiting.append(link)
            elif "about" in query:
                waiting.append(link)
    assert PHONE in ends and f"/help/orders/{order.number}/" in ends
    assert len(walked) > 20


def test_a_list_that_the_operator_changed_holds_at_once(signed_in, hana):
    order = world.bought(hana)
    Topic.objects.filter(slug="payment").update(words_en="About money", place=1)
    Topic.objects.filter(slug="other").update(is_in_use=False)
    Detail.objects.filter(slug="receipt").update(is_in_use=False)
    page = seen(signed_in, f"{CONTACT}?order={order.number}")
    assert page.index("About money") < page.index("Films and video") and "Something else" not in page
    assert "receipt" not in seen(signed_in, f"{CONTACT}?order={order.number}&about=payment")
    stale = f"{CONTACT}?order={order.number}&about=payment&detail=receipt"
    assert "My refund has not arrived" in seen(signed_in, stale)  # an old bookmark: choose again


def test_a_topic_with_one_detail_asks_no_more(signed_in, hana):
    order = world.bought(hana)
    response = signed_in.get(f"{CONTACT}?order={order.number}&about=other")
    assert response["Location"] == f"{PHONE}?order={order.number}&about=other&detail=anything"


def test_without_any_lists_we_can_still_be_reached(signed_in, hana):
    Detail.objects.all().delete()
    Topic.objects.all().delete()
    order = world.bought(hana)
    response = signed_in.get(f"{CONTACT}?order={order.number}")
    assert response["Location"] == f"{PHONE}?order={order.number}"
    assert signed_in.post(response["Location"], {"which": hana.phones.get().pk}).status_code == 302
    assert Case.objects.get().detail is None


# --- what comes first ------------------------------------------------------------------------------------------------


def test_not_recognised_leads_to_help_me_remember(signed_in, hana):
    order = world.bought(hana)
    response = signed_in.get(f"{CONTACT}?order={order.number}&about=unrecognised&detail=order-not-mine")
    assert response["Location"].startswith(f"/help/orders/{order.number}/")
    assert "Do you remember this order?" in seen(signed_in, response["Location"])
    signed_in.post(response["Location"])
    case = Case.objects.get()
    assert (case.about_id, case.detail_id) == ("unrecognised", "order-not-mine")


def test_where_is_my_parcel_shows_the_parcel_first_and_then_us(signed_in, hana):
    order = world.bought(hana, world.kettle())
    path = f"{CONTACT}?order={order.number}&about=delivery&detail=parcel-where"
    page = seen(signed_in, path)
    assert "To be packed" in page
    (on,) = [link for link in links(page) if link.endswith("on=1")]
    assert signed_in.get(on)["Location"].startswith(PHONE)


def test_bought_by_mistake_is_undone_alone_while_that_is_possible(signed_in, hana):
    order = world.bought(hana)
    path = f"{CONTACT}?order={order.number}&about=video&detail=film-by-mistake"
    assert f"/orders/{order.number}/undo/" in seen(signed_in, path)
    Access.objects.update(watched_s=100, opened_at=timezone.now())
    assert signed_in.get(path)["Location"].startswith(PHONE)


def test_the_check_of_a_mail_is_offered_where_it_is_there(signed_in, monkeypatch):
    path = f"{CONTACT}?order=none&about=unrecognised"
    assert "Is this mail really from you?" not in seen(signed_in, path)
    monkeypatch.setattr("mioboe.help.choices.mail_check_url", lambda: "/help/mail-check/")
    monkeypatch.setattr("mioboe.help.views.contact.mail_check_url", lambda: "/help/mail-check/")
    assert "Is this mail really from you?" in seen(signed_in, path)
    assert "/help/mail-check/" in seen(signed_in, f"{path}&detail=mail-not-yours")


# --- how -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def chat(monkeypatch):
    monkeypatch.setattr(channels, "_offered", dict(channels._offered))
    channels.offer(channels.Channel(ChannelKind.CHAT, "Chat", "At once.", "chat", "help:cases"))


def test_a_way_that_is_there_is_offered_and_one_alone_is_no_choice(signed_in, hana, chat):
    order = world.bought(hana)
    path = f"{CONTACT}?order={order.number}&about=video&detail=film-purchase"
    page = seen(signed_in, path)
    assert (
        "By telephone" in page and f"/help/cases/?order={order.number}&amp;about=video&amp;detail=film-purchase" in page
    )
    Detail.objects.filter(slug="film-purchase").update(channels=["phone"])
    assert signed_in.get(path)["Location"].startswith(PHONE)
    Detail.objects.filter(slug="film-purchase").update(channels=["chat"])
    assert signed_in.get(path)["Location"].startswith("/help/cases/")
    assert signed_in.get(path.replace(CONTACT, PHONE))["Location"].startswith(CONTACT)
    Detail.objects.filter(slug="film-purchase").update(channels=["mail"])
    assert "nobody can be reached" in seen(signed_in, path)


def test_over_a_limit_the_other_ways_are_offered_and_the_case_is_open(signed_in, hana, chat, settings):
    settings.MIOBOE_CALLS_A_DAY = 0
    order = world.bought(hana)
    path = f"{PHONE}?order={order.number}&about=video&detail=film-purchase"
    response = signed_in.post(path, {"which": hana.phones.get().pk, "words": "It stops after a minute"})
    page = response.content.decode()
    assert response.status_code == 422 and ">Chat</a>" in page and "It stops after a minute" in page
    assert Case.objects.get().words == "It stops after a minute" and not Callback.objects.exists()


# --- the one press -----------------------------------------------------------------------------------------------------


def test_one_press_opens_the_case_and_has_us_call(signed_in, hana):
    order = world.bought(hana)
    path = f"{PHONE}?order={order.number}&about=video&detail=film-purchase"
    assert "090-••••-5678" in seen(signed_in, path)
    assert not Case.objects.exists()
    response = signed_in.post(path, {"which": hana.phones.get().pk, "words": "The sound is missing", "when": "now"})
    case, callback = Case.objects.get(), Callback.objects.get()
    assert response["Location"] == f"/help/cases/{case.number}/waiting/"
    assert (case.order, case.about_id, case.detail_id, case.words) == (
        order,
        "video",
        "film-purchase",
        "The sound is missing",
    )
    assert (callback.about, callback.language, callback.number.as_e164) == ("video", "en", world.NUMBER)
    assert list(case.proofs.values_list("kind", flat=True)) == [ProofKind.SESSION]


def test_a_case_about_no_order_is_one_case_while_it_is_open(signed_in, hana):
    path = f"{PHONE}?order=none&about=account&detail=cannot-sign-in"
    for _ in range(2):
        assert signed_in.post(path, {"which": hana.phones.get().pk}).status_code == 302
    case = Case.objects.get()
    assert (case.order, case.topic, case.about_id) == (None, CaseTopic.OTHER, "account")
    other = path.replace("cannot-sign-in", "my-data")
    signed_in.post(other, {"which": "typed", "number": "090-1111-2222"})
    assert Case.objects.count() == 2
    Case.objects.filter(pk=case.pk).update(state=CaseState.RESOLVED)
    Callback.objects.update(state=CallbackState.ENDED)
    signed_in.post(path, {"which": hana.phones.get().pk})
    assert Case.objects.count() == 3


def test_a_wrong_number_or_time_keeps_what_was_typed_and_opens_nothing(signed_in, hana):
    order = world.bought(hana)
    path = f"{PHONE}?order={order.number}&about=video&detail=film-purchase"
    for sent in (
        {"which": "typed", "number": "0120-000-000"},
        {"which": "typed", "country": "US", "number": "201-555-0123"},
        {"which": hana.phones.get().pk, "when": "at", "at": "yesterday"},
        {"which": hana.phones.get().pk, "when": "at", "at": "2020-01-01T00:00Z"},
        {"which": hana.phones.get().pk, "number": "090-1111-2222"},  # which of the two?
        {"which": "99999999999", "number": ""},
    ):
        response = signed_in.post(path, {**sent, "words": "Please hurry"})
        assert response.status_code == 422 and "Please hurry" in response.content.decode(), sent
        assert str(sent.get("number", "")) in response.content.decode()
    assert not Case.objects.exists() and not Callback.objects.exists()


def test_whoever_typed_the_number_sees_it_as_it_is_dialled(signed_in, hana):
    order = world.bought(hana)
    path = f"{PHONE}?order={order.number}&about=video&detail=film-purchase"
    waiting = signed_in.post(path, {"which": "typed", "number": "９０－１１１１－２２２２"})["Location"]
    assert "+81 90-1111-2222" in seen(signed_in, waiting)
    other = Client(headers={"accept-language": "en"})
    other.force_login(hana)
    page = seen(other, waiting)
    assert "1111" not in page and "2222" in page


def test_how_a_number_is_understood_is_told_while_it_is_typed(client):
    def told(**sent: str) -> str:
        return client.post("/help/contact/phone/number/", sent).content.decode()

    assert "+81 90-1234-5678" in told(number="０９０ー１２３４ー５６７８")
    assert "Jamaica" in told(number="876 210 1234", country="JM")
    assert told(number=" ").strip() == ""


# --- who ---------------------------------------------------------------------------------------------------------------


def test_a_visitor_signs_in_and_comes_back_to_the_same_choice(client, hana):
    order = world.bought(hana)
    page = seen(client, f"{CONTACT}?order={order.number}&about=video")
    assert f"next=/help/contact/%3Forder%3D{order.number}%26about%3Dvideo" in page


def mailed_contact_link() -> str:
    found = re.search(r"http://\S+?(/help/contact/link/\S+)", world.read("contact_link").text)
    assert found
    return found[1]


def test_whoever_cannot_sign_in_contacts_us_by_a_mailed_link(client, hana, run_jobs, no_mail_server):
    order = world.bought(hana)
    response = client.post("/help/contact/link/", {"mail": "HANA@customer.example", "query": f"order={order.number}"})
    assert "If we know" in response.content.decode()
    run_jobs()
    link = mailed_contact_link()
    for _ in range(2):
        assert "works once" in seen(client, link)
    assert "Sign in" in seen(client, CONTACT)
    assert client.post(link)["Location"] == f"{CONTACT}?order={order.number}"
    assert "Films and video" in seen(client, f"{CONTACT}?order={order.number}")
    path = f"{PHONE}?order={order.number}&about=video&detail=film-purchase"
    waiting = client.post(path, {"which": hana.phones.get().pk})["Location"]
    seen(client, waiting)
    assert list(Case.objects.get().proofs.values_list("kind", flat=True)) == [ProofKind.MAILBOX]
    other = Client(headers={"accept-language": "en"})
    assert other.get(link).status_code == 410 and other.post(link).status_code == 410
    assert client.get(link).status_code == 302


def test_the_answer_does_not_tell_whether_we_know_an_address(client, hana, run_jobs, no_mail_server):
    answers = [
        client.post("/help/contact/link/", {"mail": mail}).content.decode().replace(mail, "…")
        for mail in (hana.email, "nobody@customer.example")
    ]
    hidden = re.compile(r'value="[^"]*"|"X-CSRFToken": "[^"]*"')
    assert hidden.sub("", answers[0]) == hidden.sub("", answers[1])
    run_jobs()
    assert Mail.objects.filter(kind="contact_link").count() == 1


def test_links_are_mailed_three_times_and_then_the_answer_stays_the_same(client, hana, run_jobs, no_mail_server):
    for _ in range(6):
        assert client.post("/help/contact/link/", {"mail": hana.email}).status_code == 200
    run_jobs()
    assert Mail.objects.filter(kind="contact_link").count() == 3
    statuses = [client.post("/help/contact/link/", {"mail": f"n{n}@customer.example"}).status_code for n in range(20)]
    assert statuses[-1] == 429


def test_the_mailed_link_is_for_whom_it_was_sent_to(client, hana, run_jobs, no_mail_server):
    client.post("/help/contact/link/", {"mail": hana.email})
    run_jobs()
    client.force_login(world.customer("other@customer.example"))
    assert client.get(mailed_contact_link()).status_code == 403
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(mailed_contact_link()).status_code == 410
    assert Client().get("/help/contact/link/nonsense/").status_code == 404


def test_from_the_order_mail_with_something_else_to_say(client, hana):
    """A guest, say: not signed in, and about this order alone."""
    order, other = world.bought(hana, world.film(), "press-first"), world.bought(hana, world.kettle(), "press-second")
    link = next(
        found[1]
        for mail in world.read_all("order_confirmed")
        if order.ref in mail.about and (found := re.search(r"http://\S+(/help/not-me/\S+)", mail.text))
    )
    assert client.post(link, {"do": "else"})["Location"] == f"{CONTACT}?order={order.number}"
    assert not Case.objects.exists()
    page = seen(client, CONTACT)
    assert order.number in page and other.number not in page
    assert "Which order" in seen(client, f"{CONTACT}?order={other.number}")
    assert client.get(link)["Location"] == f"{CONTACT}?order={order.number}"
    path = f"{PHONE}?order={order.number}&about=video&detail=film-does-not-play"
    assert client.post(path, {"which": "typed", "number": "090-1111-2222"}).status_code == 302
    assert Case.objects.get().detail_id == "film-does-not-play"


def test_every_mail_and_order_leads_to_us(signed_in, hana):
    order = world.bought(hana)
    assert f"/help/contact/?order={order.number}" in world.read("order_confirmed").text
    assert f"/help/contact/?order={order.number}" in seen(signed_in, f"/orders/{order.number}/")
    assert f"/help/contact/?order={order.number}" in seen(signed_in, "/orders/")


# --- the case of an order ----------------------------------------------------------------------------------------------


def test_a_second_matter_about_an_order_is_the_same_case_and_its_history_tells_both(hana):
    order = world.bought(hana, world.kettle())
    parcel, receipt = (Detail.objects.get(slug=slug) for slug in ("parcel-where", "receipt"))
    case = open_case(hana, order, ProofKind.SESSION, detail=parcel)
    for _ in range(2):
        assert open_case(hana, order, ProofKind.SESSION, detail=receipt) == case
    case.refresh_from_db()
    assert case.detail == receipt
    from mioboe.trail.actions import timeline

    told = [entry.words for entry in timeline(case.ref) if entry.verb == "case.about"]
    assert (len(told) == 2 and "I need a receipt" in told[0] + str(told)) or "領収書がほしい" in str(told)


def test_a_detail_of_a_topic_says_by_which_ways():
    detail = Detail.objects.get(slug="receipt")
    assert detail.ways == ["phone", "chat", "mail"]
    detail.channels = ["mail", "fax"]
    assert detail.ways == ["mail"]
    assert {each.leads_to for each in Detail.objects.all()} == set(LeadsTo.values)


def test_a_parcel_that_left_cannot_be_undone_so_we_are_next(signed_in, hana):
    order = world.bought(hana, world.kettle())
    Parcel.objects.update(state=ParcelState.HANDED_OVER)
    path = f"{CONTACT}?order={order.number}&about=delivery&detail=parcel-stop"
    assert signed_in.get(path)["Location"].startswith(PHONE)


def test_a_number_that_was_never_saved_stays_unsaved(signed_in, hana):
    order = world.bought(hana)
    path = f"{PHONE}?order={order.number}&about=video&detail=film-purchase"
    signed_in.post(path, {"which": "typed", "number": "090-1111-2222"})
    assert Phone.objects.filter(person=hana).count() == 1
