"""What another shop reports of its sign-ins, and what it is answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mioboe.api.models import OutsideAccount
from mioboe.mails.models import Mail
from mioboe.people.elsewhere import is_elsewhere
from mioboe.people.models import Person
from mioboe.signins.models import AccountProfile, Attempt, Device, SignIn
from tests.api.programs import CHROME, HOME, IPHONE, Program

pytestmark = pytest.mark.django_db
FAR = "8.8.8.8"


@pytest.fixture
def program() -> Program:
    return Program()


def test_an_accounts_first_sign_in_is_where_its_history_begins(program):
    seen = program.report()
    assert (seen["verdict"], seen["suggested_step"], seen["reasons"]) == ("familiar", "nothing", ["first_sign_in"])
    assert seen["words"] == "The first sign-in of this account."
    assert seen["device"] == {"name": "Chrome on Windows", "is_known": False, "secret": None}


def test_a_stranger_is_told_from_the_owner(program):
    for _ in range(6):
        program.report()
    assert program.report()["verdict"] == "familiar"
    stranger = program.report(ip=FAR, user_agent=IPHONE)
    assert stranger["verdict"] == "very_unfamiliar" and stranger["suggested_step"] == "second_step"
    assert stranger["reasons"] == ["network.nothing", "device.nothing"] and stranger["score"] > 1
    assert stranger["network"] == "nothing" and stranger["browser"] == "nothing"


def test_the_words_come_in_the_language_asked_for():
    assert Program("sato", "ja").report()["words"] == "このアカウントの最初のサインインです。"


def test_a_device_whose_secret_comes_back_speaks_for_itself(program):
    secret = program.report(device_secret="")["device"]["secret"]
    again = program.report(device_secret=secret, ip=FAR, user_agent=IPHONE)
    assert again["verdict"] == "familiar" and again["reasons"] == ["device_proven"]
    other = program.report(account="18", device_secret=secret)
    assert other["reasons"] == ["first_sign_in"] and other["device"]["secret"] != secret


def test_a_shop_that_keeps_no_secrets_leaves_no_devices_behind(program):
    for _ in range(3):
        program.report()
    assert Device.objects.count() == 0 and SignIn.objects.count() == 3


def test_a_history_without_devices_is_still_held_against_a_first_device(program):
    for _ in range(6):
        program.report()
    assert program.report(device_secret="", ip=FAR, user_agent=IPHONE)["verdict"] == "very_unfamiliar"


def test_a_failure_is_kept_and_never_learned_from(program):
    assert program.report(outcome="failure") is None
    assert Attempt.objects.get().times == 1
    assert SignIn.objects.count() == AccountProfile.objects.count() == 0


def test_two_shops_customers_of_one_name_are_two(program):
    other = Program("sato")
    first, second = program.report(), other.report()
    assert second["reasons"] == ["first_sign_in"]
    assert OutsideAccount.objects.count() == 2
    answer = other.post(f"signins/{first['id']}/answer", {"is_mine": True})
    assert answer.status_code == 404 and second["id"] != first["id"]


def test_an_outside_account_has_no_way_in_and_no_mail_goes_to_it(program, run_jobs):
    program.report()
    for _ in range(3):
        program.report(ip=FAR, user_agent=IPHONE)
    for _ in range(12):
        program.report(outcome="failure", ip=FAR)
    run_jobs()
    person = Person.objects.get()
    assert is_elsewhere(person) and not person.has_usable_password() and person.email.endswith("@outside.invalid")
    assert not Mail.objects.exists()


def test_this_was_me_is_learned_once(program):
    program.report(device_secret="")
    strange = program.report(device_secret="", ip=FAR, user_agent=IPHONE)
    before = AccountProfile.objects.get().sign_ins
    for _ in range(2):
        answer = program.post(f"signins/{strange['id']}/answer", {"is_mine": True})
        assert answer.json() == {"id": strange["id"], "is_mine": True, "suggested_step": "nothing"}
    assert AccountProfile.objects.get().sign_ins == before + 1
    again = program.report(device_secret=strange["device"]["secret"], ip=FAR, user_agent=IPHONE)
    assert again["reasons"] == ["device_proven"]


def test_this_was_not_me_makes_the_device_a_stranger(program):
    secret = program.report(device_secret="")["device"]["secret"]
    seen = program.report(device_secret=secret)
    answer = program.post(f"signins/{seen['id']}/answer", {"is_mine": False})
    assert answer.json()["suggested_step"] == "end_sessions"
    assert "device_removed" in program.report(device_secret=secret)["reasons"]
    other = program.post(f"signins/{seen['id']}/answer", {"is_mine": True})
    assert other.status_code == 409 and other.json()["code"] == "answered-otherwise"


def test_a_batch_is_answered_in_its_order_and_learned_in_the_order_of_time(program):
    now = timezone.now()
    reports = [
        {"account": account, "ip": HOME, "user_agent": CHROME, "at": (now - timedelta(days=days)).isoformat()}
        for account, days in (("b", 1), ("a", 2), ("b", 40), ("a", 100))
    ]
    answer = program.post("signins/batch", {"reports": reports}).json()["reports"]
    assert [one["sign_in"]["account"] for one in answer] == ["b", "a", "b", "a"]
    firsts = [one["sign_in"]["reasons"] == ["first_sign_in"] for one in answer]
    assert firsts == [False, False, True, True]


def test_a_batch_with_one_wrong_report_does_nothing(program):
    answer = program.post("signins/batch", {"reports": [{"account": "a"}, {"account": ""}]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "reports.1.account"
    assert SignIn.objects.count() == 0
    assert program.post("signins/batch", {"reports": [{"account": "a"}] * 1001}).status_code == 422
    assert program.post("signins/batch", {"reports": []}).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": ""},
        {"account": "x" * 201},
        {"account": "a\0b"},
        {"account": "\ud800"},
        {"account": 17},
        {"ip": "somewhere"},
        {"ip": "fe80::1%eth0"},
        {"at": "2026-01-01T00:00:00"},
        {"at": "1970-01-01T00:00:00Z"},
        {"at": "9999-12-31T23:59:59Z"},
        {"outcome": "maybe"},
        {"user_agent": "x" * 2001},
        {"user_agent": "\0"},
        {"method": "a-very-long-name-of-a-way"},
        {"device_secret": "x" * 401},
    ],
)
def test_what_cannot_be_is_refused_by_its_field(program, wrong):
    answer = program.post("signins", {"account": "17", **wrong})
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == next(iter(wrong))
    assert SignIn.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"[1", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"account": NaN}', b"9" * 5000]
)
def test_a_body_that_cannot_be_read_is_told_so(program, body):
    answer = program.post("signins", body)
    assert answer.status_code in (400, 422) and answer.json()["code"] in ("unreadable", "invalid")


def test_a_body_far_too_large_is_told_so(program):
    answer = program.post("signins", b" " * 2_700_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 30])
def test_a_sign_in_that_does_not_exist_is_not_found(program, number):
    assert program.post(f"signins/{number}/answer", {"is_mine": True}).status_code == 404
