"""My safety: one's own devices and sign-ins, and the answers."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mioboe.cases.models import Case, CaseTopic, ProofKind
from mioboe.mails.models import Link, Mail
from mioboe.orders.actions import hand_over, pack
from mioboe.orders.models import OneClick, Order
from mioboe.signins.actions import note_attempt, note_sign_in
from mioboe.signins.models import Device, Notice, NoticeState, SignIn
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"
# NEAR: unusual with another device, but not so much that a second step is asked for first.
TOKYO, TOR, NEAR = "133.11.0.1", "185.220.101.1", "133.11.77.1"


def browser(ip=TOKYO, agent=FIREFOX, **more) -> Client:
    return Client(REMOTE_ADDR=ip, headers={"user-agent": agent, "accept-language": "en"}, **more)


def signed_in(person, **where) -> Client:
    client = browser(**where)
    assert client.post("/account/login/", {"login": person.email, "password": world.PASSWORD}).status_code == 302
    client.get("/help/safety/")
    return client


@pytest.fixture
def hana():
    return world.customer()


@pytest.fixture
def own(hana) -> Client:
    return signed_in(hana)


@pytest.fixture
def intruder(hana, own) -> Client:
    return signed_in(hana, ip=NEAR, agent=IPHONE)


@pytest.fixture
def link(intruder) -> str:
    found = re.search(r"http://\S+(/help/safety/notice/\S+)", Mail.objects.get(kind="sign_in_notice").text)
    assert found
    return found[1]


def question(sign_in: SignIn) -> str:
    return f"/help/safety/sign-ins/{sign_in.pk}/"


def intruders() -> SignIn:
    return SignIn.objects.get(is_familiar=False)


# --- behind the mailed link ---


def test_opening_the_link_changes_nothing_and_shows_what_is_known(link):
    scanner = browser()
    before = Entry.objects.count()
    for _ in range(3):
        page = scanner.get(link).content.decode()
        scanner.head(link)
    assert "Safari on an iPhone" in page and "Tokyo" in page and "a new line of a network" in page
    assert Notice.objects.get().state == NoticeState.OPEN and Entry.objects.count() == before
    assert not Case.objects.exists() and Link.objects.get().used_at is None


def test_this_was_me_is_one_press_without_signing_in(link):
    page = browser().post(link, {"answer": "mine"}, follow=True).content.decode()
    assert "this was me" in page
    assert Device.objects.get(system="iPhone").known_at
    assert not Case.objects.exists()


def test_this_was_not_me_does_everything_once(hana, link, own, intruder, run_jobs, no_mail_server):
    kettle = world.kettle(stock=3)
    intruder.post("/goods/kettle/buy/", {"press": "the-intruders", "seen": world.seen(kettle)})
    order = Order.objects.get()
    assert order.sign_in == intruders()
    reader = browser()
    answer = reader.post(link, {"answer": "not_mine", "words": "I was asleep"})
    case = Case.objects.get()
    assert answer["Location"] == f"/help/cases/{case.number}/"
    assert (case.topic, case.sign_in, case.order, case.words) == (CaseTopic.TAKEOVER, intruders(), None, "I was asleep")
    assert list(case.proofs.values_list("kind", flat=True)) == [ProofKind.MAILBOX]
    run_jobs()
    assert set(case.remedies.values_list("kind", "state")) == {
        (kind, "done")
        for kind in ("hold_orders", "block_one_click", "end_sessions", "revoke_devices", "send_reset_link")
    }
    assert own.get("/orders/").status_code == intruder.get("/orders/").status_code == 302
    assert not OneClick.objects.get().is_on and not Device.objects.filter(revoked_at=None).exists()
    order.refresh_from_db()
    assert order.held_for == case.ref and order.parcels.get().held_at
    assert Mail.objects.filter(subject__icontains="password").count() == 1
    page = reader.get(answer["Location"]).content.decode()
    assert "on hold" in page and "Call me now" in page and "Safari on an iPhone" in page
    assert kettle.pk == order.lines.get().product_id
    for pressed in ("not_mine", "mine"):  # in the other tab
        told = reader.post(link, {"answer": pressed}, follow=True).content.decode()
        assert "answered already" in told and "this was not me" in told
    assert Case.objects.count() == 1 and Device.objects.filter(known_at=None, system="iPhone").exists()


def test_of_two_answers_the_first_holds(link):
    reader = browser()
    reader.post(link, {"answer": "mine"})
    told = reader.post(link, {"answer": "not_mine"}, follow=True).content.decode()
    assert "answered already" in told and "this was me" in told
    assert not Case.objects.exists()
    assert "this was me" in browser().get(link).content.decode()  # a later look


def test_an_answer_that_is_none_changes_nothing(link):
    browser().post(link, {"answer": "perhaps"})
    browser().post(link)
    assert Notice.objects.get().state == NoticeState.OPEN


def test_an_expired_link_offers_a_new_one_and_never_too_many(link):
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    reader = browser()
    assert reader.get(link).status_code == 410
    assert reader.post(link, {"answer": "not_mine"}).status_code == 410
    assert not Case.objects.exists()
    for _ in range(9):
        assert reader.post(link + "new/").status_code == 200
    assert 2 <= Mail.objects.filter(kind="sign_in_notice").count() <= 4


def test_a_link_of_somebody_else_and_one_that_is_none(link):
    other = signed_in(world.customer("other@customer.example"), ip=TOKYO)
    assert other.get(link).status_code == other.post(link, {"answer": "mine"}).status_code == 403
    assert browser().get("/help/safety/notice/nothing/").status_code == 404
    assert browser().post("/help/safety/notice/nothing/new/").status_code == 302
    assert Notice.objects.get().state == NoticeState.OPEN


# --- from the history ---


def test_signed_in_is_proof_enough_to_take_power_away(hana, own, intruder, run_jobs, no_mail_server):
    answer = own.post(question(intruders()), {"answer": "not_mine"})
    case = Case.objects.get()
    assert list(case.proofs.values_list("kind", flat=True)) == [ProofKind.SESSION]
    assert own.get("/orders/").status_code == 302  # signed out at once, and still sees the case
    assert own.get(answer["Location"]).status_code == 200
    run_jobs()
    assert intruder.get("/orders/").status_code == 302


def test_nobody_vouches_for_his_own_sign_in(own, intruder):
    page = intruder.get(question(intruders())).content.decode()
    assert "This was not me" in page and ">This was me<" not in page
    intruder.post(question(intruders()), {"answer": "mine"})
    assert not Notice.objects.filter(state=NoticeState.MINE).exists()
    own.post(question(intruders()), {"answer": "mine"})
    assert Notice.objects.get().state == NoticeState.MINE


def test_a_usual_sign_in_can_be_reported_as_well(hana, own):
    own.post(question(SignIn.objects.get()), {"answer": "not_mine"})
    assert Case.objects.get().topic == CaseTopic.TAKEOVER


def test_an_order_that_has_left_is_not_held(hana, own, intruder, run_jobs, no_mail_server):
    intruder.post("/goods/kettle/buy/", {"press": "press-one", "seen": world.seen(world.kettle(stock=3))})
    parcel = Order.objects.get().parcels.get()
    assert pack(parcel) and hand_over(parcel)
    own.post(question(intruders()), {"answer": "not_mine"})
    run_jobs()
    assert Order.objects.get().held_at is None
    assert "hold_orders" not in Case.objects.get().remedies.values_list("kind", flat=True)


def test_the_history_tells_who_with_what_and_from_where(hana, own, intruder):
    for _ in range(11):
        note_attempt(hana, "133.1.0.1", "curl/8")
    page = own.get("/help/safety/sign-ins/").content.decode()
    for words in (
        "Safari on an iPhone",
        "Tokyo",
        "11 tries that failed",
        "Osaka",
        "6 months",
        "MaxMind",
        "Told by mail",
    ):
        assert words in page, words
    assert '<svg class="tiles"' in page
    unusual = own.get("/help/safety/sign-ins/?show=unusual").content.decode()
    assert 'data-sign-in="unusual"' in unusual and 'data-sign-in="failed"' not in unusual
    assert 'data-sign-in="failed"' in own.get("/help/safety/sign-ins/?show=failed").content.decode()
    own.cookies["django_language"] = "ja"
    assert "iPhoneのSafari" in own.get("/help/safety/sign-ins/").content.decode()


def test_an_empty_filter_says_so(own):
    page = own.get("/help/safety/sign-ins/?show=unusual&older=nonsense")
    assert page.status_code == 200 and "no such sign-in" in page.content.decode()


def test_the_history_costs_the_same_for_a_long_one(hana, own, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        own.get("/help/safety/sign-ins/")
    SignIn.objects.bulk_create(
        SignIn(person=hana, session_digest="x", is_familiar=True, country="JP", device=Device.objects.get())
        for _ in range(50)
    )
    with django_assert_max_num_queries(len(few)):
        assert own.get("/help/safety/sign-ins/").content.decode().count("data-sign-in") == 20


def test_the_file_is_harmless_to_spreadsheets_and_whole(hana, own):
    Device.objects.update(name="=HYPERLINK(1)")
    for number in range(150):
        note_sign_in(hana, None, f"agent {number}", "s", "")
    answer = own.get("/help/safety/sign-ins/export.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 152 and lines[0].startswith("\ufeff")
    assert ",'=HYPERLINK(1)," in lines[-1]


# --- devices ---


def test_devices_are_named_as_people_do_and_renamed(own):
    device = Device.objects.get()
    page = own.get("/help/safety/").content.decode()
    assert "Firefox on Linux" in page and "this device" in page and "Tokyo" in page
    own.post(f"/help/safety/devices/{device.pk}/name/", {"name": "  the   old <laptop> " + "x" * 100})
    page = own.get("/help/safety/").content.decode()
    assert "the old &lt;laptop&gt; xxx" in page
    own.post(f"/help/safety/devices/{device.pk}/name/", {"name": ""})
    assert "Firefox on Linux" in own.get("/help/safety/").content.decode()


def test_removing_a_device_ends_its_sessions_only(own, intruder):
    device = Device.objects.get(system="iPhone")
    path = f"/help/safety/devices/{device.pk}/remove/"
    assert own.get(path).status_code == 200
    device.refresh_from_db()
    assert device.revoked_at is None
    for _ in range(2):
        assert own.post(path).status_code == 302
    assert intruder.get("/orders/").status_code == 302 and own.get("/orders/").status_code == 200
    assert Entry.objects.filter(verb="device.removed").count() == 1


def test_removing_a_device_ends_its_sessions_after_a_new_password_too(hana, own):
    new = "a-new-long-pass-phrase-2"
    phone = signed_in(hana, agent=IPHONE)  # at home, so that the account may be changed from it
    phone.post("/account/password/change/", {"oldpassword": world.PASSWORD, "password1": new, "password2": new})
    assert phone.get("/orders/").status_code == 200 and own.get("/orders/").status_code == 302
    phone.post("/goods/kettle/buy/", {"press": "after-the-change", "seen": world.seen(world.kettle())})
    device = Device.objects.get(system="iPhone")
    assert Order.objects.get().sign_in == SignIn.objects.get(device=device)
    signed_in_with(new).post(f"/help/safety/devices/{device.pk}/remove/")
    assert phone.get("/orders/").status_code == 302


def signed_in_with(password: str) -> Client:
    client = browser()
    client.post("/account/login/", {"login": "hana@customer.example", "password": password})
    return client


def test_removing_this_device_signs_this_browser_out(own):
    assert own.post(f"/help/safety/devices/{Device.objects.get().pk}/remove/")["Location"] == "/"
    assert own.get("/orders/").status_code == 302


def test_somebody_elses_device_and_sign_in_do_not_exist(own):
    other = signed_in(world.customer("other@customer.example"))
    device, sign_in = Device.objects.get(person__email="hana@customer.example"), SignIn.objects.earliest("at")
    for path in (f"/help/safety/devices/{device.pk}/remove/", question(sign_in)):
        assert other.get(path).status_code == other.post(path, {"answer": "not_mine"}).status_code == 404
    assert other.post(f"/help/safety/devices/{device.pk}/name/", {"name": "x"}).status_code == 404
    device.refresh_from_db()
    assert device.revoked_at is None and device.name == ""


@pytest.mark.parametrize(("keep", "own_status"), [("1", 200), ("0", 302), ("", 302)])
def test_signing_out_everywhere_keeps_this_browser_or_not(own, intruder, keep, own_status):
    assert own.get("/help/safety/sign-out/").status_code == 200
    assert intruder.get("/orders/").status_code == 200
    own.post("/help/safety/sign-out/", {"keep": keep})
    assert intruder.get("/orders/").status_code == 302
    assert own.get("/orders/").status_code == own_status
