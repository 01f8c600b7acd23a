"""A very unfamiliar sign-in does not count before a second step; whoever passes it is known from then on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mioboe.mails.models import Mail
from mioboe.signins.actions import note_attempt
from mioboe.signins.actions.foreseeing import MANY_FAILURES, needs_second_step
from mioboe.signins.models import Attempt, Device, SignIn
from mioboe.signins.words import reason_words
from tests import world
from tests.people.signing_in import (
    ELSEWHERE,
    HOME,
    IPHONE,
    app_code,
    browser,
    confirm,
    is_in,
    newest_code,
    newest_link,
    sign_in,
    with_app,
)

pytestmark = pytest.mark.django_db
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
ABROAD = "5.2.3.4"
CONFIRM = "/account/login/code/confirm/"
NEW = {"password1": "a-new-long-pass-phrase-2", "password2": "a-new-long-pass-phrase-2"}


@pytest.fixture
def hana():
    """She has signed in before, at home, on a PC."""
    person = world.customer()
    sign_in(browser(HOME, CHROME))
    return person


@pytest.fixture
def jobs(run_jobs, no_mail_server):
    return run_jobs


def test_the_right_password_alone_signs_nobody_in_and_makes_no_device_known(hana, jobs):
    stranger = browser(ABROAD, IPHONE)
    answer = sign_in(stranger)
    assert answer["Location"].startswith(CONFIRM)
    assert not is_in(stranger)
    assert SignIn.objects.count() == 1 and Device.objects.count() == 1
    assert "does not know this device" in stranger.get(CONFIRM).content.decode()
    jobs()
    mail = Mail.objects.get()
    assert mail.to == hana.email and "Mobile Safari / iPhone" in mail.text and "Romania" not in mail.subject


def test_passing_it_makes_the_device_known_and_the_sign_in_learned(hana, jobs):
    travelling = browser(ABROAD, IPHONE)
    sign_in(travelling)
    jobs()
    assert travelling.post(CONFIRM, {"code": newest_code()}).status_code == 302
    assert is_in(travelling)
    sign_in_ = SignIn.objects.latest("at")
    assert sign_in_.is_familiar and sign_in_.reasons[0] == "second_step" and sign_in_.method == "password+code"
    assert reason_words(sign_in_).startswith("Confirmed with a passkey or a second step.")
    assert sign_in_.device.known_at is not None
    travelling.post("/account/logout/")
    sign_in(travelling)
    assert SignIn.objects.latest("at").reasons == ["device_proven"]
    # Another iPhone there is not so unlike any more.
    assert not needs_second_step(hana, ABROAD, IPHONE, "")


def test_who_fails_is_noted_and_gets_no_further(hana, jobs):
    stranger = browser(ABROAD, IPHONE)
    sign_in(stranger)
    jobs()
    code = newest_code()
    for _ in range(3):
        stranger.post(CONFIRM, {"code": "0000-0000"})
    stranger.post(CONFIRM, {"code": code})
    assert not is_in(stranger)
    attempt = Attempt.objects.get(person=hana)
    assert attempt.times == 3 and attempt.method == "code"


def test_who_has_the_password_cannot_flood_the_mailbox_and_a_reset_link_ends_that(hana, jobs):
    answers = [sign_in(browser(f"5.2.3.{number}", IPHONE)).status_code for number in range(22)]
    assert answers == [302] * 20 + [429] * 2
    own = browser(HOME, CHROME)
    sign_in(own)
    assert is_in(own)  # unlike nothing before: not asked
    abroad = browser("5.2.9.9", IPHONE)
    abroad.post("/account/password/reset/", {"email": hana.email})
    jobs()
    form = abroad.get(newest_link(hana.email), follow=True).redirect_chain[-1][0]
    abroad.post(form, NEW)
    assert is_in(abroad)
    assert (
        sign_in(
            browser("5.2.9.8", CHROME.replace("Windows NT 10.0", "Macintosh")), password=NEW["password1"]
        ).status_code
        == 302
    )


def test_an_app_is_the_second_step_of_those_who_have_one_and_nothing_is_asked_on_top(hana, jobs):
    with_app(hana)
    stranger = browser(ABROAD, IPHONE)
    assert sign_in(stranger)["Location"].startswith("/account/2fa/authenticate/")
    stranger.post("/account/2fa/authenticate/", {"code": "000000"})
    assert Attempt.objects.get(person=hana).method == "totp"
    assert stranger.post("/account/2fa/authenticate/", {"code": app_code()}).status_code == 302
    assert is_in(stranger)
    jobs()
    assert not Mail.objects.exists()
    assert SignIn.objects.latest("at").is_familiar and SignIn.objects.latest("at").method == "password+totp"


def test_unusual_but_not_very_unusual_comes_in_and_is_no_known_device(hana):
    near = browser(ELSEWHERE, IPHONE)
    sign_in(near)
    assert is_in(near)
    assert not SignIn.objects.latest("at").is_familiar
    assert SignIn.objects.latest("at").device.known_at is None


def test_a_first_sign_in_a_mailed_code_and_a_reset_link_need_no_more(hana, jobs):
    other = world.customer("other@customer.example")
    first = browser(ABROAD, IPHONE)
    sign_in(first, other.email)
    assert is_in(first)
    by_mail = browser(ABROAD, IPHONE)
    by_mail.post("/account/login/code/", {"email": hana.email})
    jobs()
    by_mail.post(CONFIRM, {"code": newest_code()})
    assert is_in(by_mail)
    # The mailbox alone speaks for no device: its owner is told of it.
    assert not SignIn.objects.latest("at").is_familiar
    reset = browser(ABROAD, IPHONE.replace("iPhone", "iPad"))
    reset.post("/account/password/reset/", {"email": hana.email})
    jobs()
    form = reset.get(newest_link(hana.email), follow=True).redirect_chain[-1][0]
    reset.post(form, NEW)
    assert is_in(reset)


def test_while_somebody_guesses_the_password_alone_suffices_on_no_new_device(hana):
    """From however many networks: nobody is locked out, but whoever guesses right is not in either."""
    same = browser(HOME, CHROME)
    assert not needs_second_step(hana, HOME, CHROME, "")
    for number in range(MANY_FAILURES):
        note_attempt(hana, f"203.0.113.{number}", "x")
    assert sign_in(same)["Location"].startswith(CONFIRM)
    Attempt.objects.update(at=timezone.now() - timedelta(hours=3))
    assert not needs_second_step(hana, HOME, CHROME, "")


def test_a_known_device_is_never_asked(hana):
    own = browser(HOME, CHROME)
    sign_in(own)
    own.post("/account/logout/")
    for number in range(MANY_FAILURES):
        note_attempt(hana, f"203.0.113.{number}", "x")
    abroad = browser(ABROAD, IPHONE)
    abroad.cookies["device"] = own.cookies["device"].value
    sign_in(abroad)
    assert is_in(abroad)


def test_on_an_unusual_device_the_password_alone_confirms_nothing(hana, jobs):
    """Whoever is signed in there may have found it out."""
    intruder = browser(ELSEWHERE, IPHONE)
    sign_in(intruder)
    assert is_in(intruder)
    for path in ("/account/password/change/", "/account/2fa/webauthn/add/", "/account/2fa/totp/activate/"):
        assert intruder.get(path)["Location"].startswith("/account/reauthenticate/code/"), path
    assert confirm(intruder)["Location"].startswith("/account/reauthenticate/code/")
    change = {"oldpassword": world.PASSWORD, **NEW}
    assert intruder.post("/account/password/change/", change)["Location"].startswith("/account/reauthenticate/code/")
    hana.refresh_from_db()
    assert hana.check_password(world.PASSWORD)
    assert NEW["password1"] not in str(dict(intruder.session))
    # The owner, on a new device, shows that the mailbox is hers, and goes on.
    intruder.post("/account/reauthenticate/code/", {"send": "1", "next": "/account/2fa/totp/activate/"})
    jobs()
    wrong = intruder.post("/account/reauthenticate/code/", {"code": "0000-0000"})
    assert wrong.status_code == 422
    going_on = {"code": newest_code(), "next": "/account/2fa/totp/activate/"}
    assert intruder.post("/account/reauthenticate/code/", going_on)["Location"] == "/account/2fa/totp/activate/"
    assert intruder.get("/account/2fa/totp/activate/").status_code == 200


def test_who_has_an_app_does_not_get_by_with_the_mailbox(hana, jobs):
    with_app(hana)
    client = browser(HOME, CHROME)
    sign_in(client)
    client.post("/account/2fa/authenticate/", {"code": app_code()})
    client.post("/account/reauthenticate/code/", {"send": "1"})
    jobs()
    client.post("/account/reauthenticate/code/", {"code": newest_code()})
    assert client.get("/account/2fa/webauthn/add/").status_code == 302
