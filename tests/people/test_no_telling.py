"""Nobody learns here whether an account exists."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from procrastinate.contrib.django.models import ProcrastinateJob

from mioboe.mails.models import Mail
from mioboe.people.models import Person
from tests import world
from tests.people.signing_in import browser, is_in, newest_code, sign_in

pytestmark = pytest.mark.django_db
NOBODY = "nobody@customer.example"
VARIES = re.compile(r'value="[^"]{20,}"|"X-CSRFToken": "\w+"|' + f"{NOBODY}|hana@customer.example")


def told(answer) -> tuple[int, str, str]:
    return answer.status_code, answer.get("Location", ""), VARIES.sub("", answer.content.decode())


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/account/login/", {"login": "{}", "password": "wrong"}),
        ("/account/login/code/", {"email": "{}"}),
        ("/account/password/reset/", {"email": "{}"}),
        ("/account/signup/", {"email": "{}", "password1": "a-new-long-pass-phrase-2"}),
    ],
)
def test_an_address_without_an_account_is_answered_like_one_with(path, sent):
    hana = world.customer()
    answers, pages, queued = [], [], []
    for mail in (hana.email, NOBODY):
        client = browser()
        before = ProcrastinateJob.objects.count()
        answer = client.post(path, {name: value.format(mail) for name, value in sent.items()})
        answers.append(told(answer))
        pages.append(told(client.get(answer["Location"])) if answer.status_code == 302 else "")
        queued.append(ProcrastinateJob.objects.count() - before)
        # Nothing is written for the one and not for the other while somebody may look at a watch.
        assert not Mail.objects.exists()
    assert answers[0] == answers[1]
    assert pages[0] == pages[1]
    assert queued[0] == queued[1]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/account/login/", {"login": "{}", "password": "wrong"}),
        ("/account/signup/", {"email": "{}", "password1": "a-new-long-pass-phrase-2"}),
    ],
)
def test_as_many_hashes_are_made_for_the_one_as_for_the_other(monkeypatch, path, sent):
    """They are what takes the time."""
    hana = world.customer()
    made = []

    real = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        made.append(1)
        return real(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    counts = []
    for mail in (hana.email, NOBODY):
        made.clear()
        browser().post(path, {name: value.format(mail) for name, value in sent.items()})
        counts.append(len(made))
    assert counts[0] == counts[1] > 0


def test_a_new_account_is_in_once_the_mailed_code_was_typed_and_not_before(run_jobs, no_mail_server):
    visitor = browser()
    sent = {"email": "New@customer.example", "password1": "a-new-long-pass-phrase-2"}
    assert visitor.post("/account/signup/", sent).status_code == 302
    assert not is_in(visitor)
    early = browser()
    sign_in(early, "new@customer.example", sent["password1"])
    assert not is_in(early)
    run_jobs()
    code = Mail.objects.filter(to="new@customer.example").earliest("pk").text
    assert visitor.post("/account/confirm-email/", {"code": "0000-0000"}).status_code == 200
    assert visitor.post("/account/confirm-email/", {"code": re.search(r"\d{4}-\d{4}", code).group()}).status_code == 302
    assert is_in(visitor)
    person = Person.objects.get(email="new@customer.example")
    assert person.language == "en"


def test_who_has_an_account_and_makes_another_hears_of_the_first(run_jobs, no_mail_server):
    hana = world.customer()
    visitor = browser()
    visitor.post("/account/signup/", {"email": hana.email, "password1": "a-new-long-pass-phrase-2"})
    run_jobs()
    mail = Mail.objects.get()
    assert mail.to == hana.email and "already" in mail.subject and "/account/password/reset/" in mail.text
    for _ in range(3):
        visitor.post("/account/confirm-email/", {"code": "0000-0000"})
    assert not is_in(visitor) and Person.objects.count() == 1


def test_signing_in_by_mailed_code(run_jobs, no_mail_server):
    hana = world.customer()
    client = browser()
    assert client.post("/account/login/code/", {"email": "HANA@customer.example"}).status_code == 302
    run_jobs()
    code = newest_code(hana.email)
    assert client.post("/account/login/code/confirm/", {"code": "1111-1111"}).status_code == 200
    assert not is_in(client)
    # The code belongs to the browser that asked for it.
    assert browser().post("/account/login/code/confirm/", {"code": code}).status_code == 302
    assert client.post("/account/login/code/confirm/", {"code": code.replace("-", "")}).status_code == 302
    assert is_in(client)


def test_three_wrong_codes_end_a_code(run_jobs, no_mail_server):
    hana = world.customer()
    client = browser()
    client.post("/account/login/code/", {"email": hana.email})
    run_jobs()
    code = newest_code()
    for _ in range(3):
        client.post("/account/login/code/confirm/", {"code": "1111-1111"})
    client.post("/account/login/code/confirm/", {"code": code})
    assert not is_in(client)
