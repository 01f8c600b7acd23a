"""Another mail address gives power: two old proofs, a press at the new address, and days in which the old one can stop it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from mioboe.mails.models import Mail
from mioboe.people import actions
from mioboe.people.actions import mail_addresses
from mioboe.people.jobs import change_mail_address, drop_counts
from mioboe.people.models import MailAddressChange, MailChangeState, Person
from mioboe.people.proofs import Proof, ProofKind
from mioboe.trail.models import Entry
from tests import world
from tests.people.signing_in import (
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
OLD, NEW = "hana@customer.example", "hana@new.example"
LONG_AGO = timedelta(days=100)
FORM = "/account/email/"


@pytest.fixture
def hana() -> Person:
    """With us for long, as her password and mailbox are."""
    person = world.customer()
    ago = timezone.now() - LONG_AGO
    Person.objects.filter(pk=person.pk).update(joined_at=ago, password_set_at=ago)
    person.refresh_from_db()
    return person


@pytest.fixture
def jobs(run_jobs, no_mail_server):
    return run_jobs


def confirm_by_code(client, jobs) -> None:
    client.post("/account/reauthenticate/code/", {"send": "1", "next": FORM})
    jobs()
    answer = client.post("/account/reauthenticate/code/", {"code": newest_code(), "next": FORM})
    assert answer["Location"] == FORM


def proven(client, jobs) -> None:
    sign_in(client)
    confirm(client, going_on=FORM)
    confirm_by_code(client, jobs)


def asked(hana) -> MailAddressChange:
    proofs = [Proof(kind, 0.0, hana.joined_at) for kind in (ProofKind.PASSWORD, ProofKind.MAILBOX)]
    return mail_addresses.ask_for_change(hana, NEW, proofs)


def told(person) -> list[str]:
    return list(Entry.objects.filter(about__contains=[person.ref]).order_by("id").values_list("verb", flat=True))


def test_the_whole_way(hana, jobs):
    client = browser()
    proven(client, jobs)
    assert client.post(FORM, {"new": NEW}).status_code == 302
    link = newest_link(NEW)
    new_mailbox = browser()
    assert "Yes, this address is mine" in new_mailbox.get(link).content.decode()
    assert MailAddressChange.objects.get().state == MailChangeState.ASKED  # looking changes nothing
    assert "is confirmed" in new_mailbox.post(link).content.decode()
    change = MailAddressChange.objects.get()
    assert timedelta(hours=47) < change.due_at - timezone.now() <= timedelta(hours=48)
    assert Mail.objects.latest("pk").to == OLD and NEW in Mail.objects.latest("pk").text
    assert NEW in client.get(FORM).content.decode() and NEW in client.get("/account/2fa/").content.decode()

    waiting = ProcrastinateJob.objects.get(task_name="people.change_mail_address")
    assert waiting.scheduled_at == change.due_at
    change_mail_address.func(**waiting.args)  # too early: nothing
    hana.refresh_from_db()
    assert hana.email == OLD

    MailAddressChange.objects.update(due_at=timezone.now())
    for _ in range(2):
        change_mail_address.func(**waiting.args)
    hana.refresh_from_db()
    assert hana.email == NEW
    assert {mail.to for mail in Mail.objects.order_by("-pk")[:2]} == {OLD, NEW}
    assert is_in(client)
    assert sign_in(browser(), OLD).status_code == 200
    assert is_in(signed_in_by(NEW))
    assert [verb for verb in told(hana) if verb.startswith("mail_address")] == [
        "mail_address.asked",
        "mail_address.confirmed",
        "mail_address.done",
    ]


def signed_in_by(mail):
    client = browser()
    sign_in(client, mail)
    return client


def test_one_confirmation_is_not_enough(hana, jobs):
    client = browser()
    sign_in(client)
    confirm(client, going_on=FORM)
    assert "Write to the new address" not in client.get(FORM).content.decode()
    assert client.post(FORM, {"new": NEW}).status_code == 422
    assert not MailAddressChange.objects.exists()


@pytest.mark.parametrize("fresh", ["password", "mailbox"])
def test_what_was_set_up_yesterday_does_not_count(hana, jobs, fresh):
    yesterday = timezone.now() - timedelta(days=1)
    if fresh == "password":
        Person.objects.update(password_set_at=yesterday)
    else:
        change = asked(hana)
        MailAddressChange.objects.filter(pk=change.pk).update(state=MailChangeState.DONE, ended_at=yesterday)
    client = browser()
    proven(client, jobs)
    assert "Too new to count" in client.get(FORM).content.decode()
    assert client.post(FORM, {"new": NEW}).status_code == 422


def test_an_app_and_the_password_are_two_but_recovery_codes_are_none(hana, jobs):
    app = with_app(hana)
    client = browser()
    sign_in(client)
    client.post("/account/2fa/authenticate/", {"code": app_code()})
    assert is_in(client)
    confirm(client, going_on=FORM)
    assert client.post(FORM, {"new": NEW}).status_code == 422  # the app was set up just now
    app.created_at -= LONG_AGO
    app.save()
    assert client.post(FORM, {"new": NEW}).status_code == 302


def test_a_signed_in_intruder_with_neither_password_nor_mailbox_gets_nowhere(hana):
    client = browser()
    client.force_login(hana)
    answer = client.post(FORM, {"new": NEW})
    assert answer.status_code == 302 and answer["Location"].startswith("/account/reauthenticate/")
    for _ in range(4):
        client.post("/account/reauthenticate/code/", {"code": "1234-5678"})
    assert client.post(FORM, {"new": NEW}).status_code == 302
    assert not MailAddressChange.objects.exists()


def test_the_old_address_stops_it_with_one_press_and_without_signing_in(hana, jobs):
    change = asked(hana)
    mail_addresses.confirm_change(change)
    link = newest_link(OLD)
    anybody = browser()
    assert "Stop it" in anybody.get(link).content.decode()
    assert MailAddressChange.objects.get().state == MailChangeState.WAITING
    assert "stays as it is" in anybody.post(link).content.decode()
    assert MailAddressChange.objects.get().state == MailChangeState.STOPPED
    assert anybody.get(link).status_code == 410 and anybody.post(link).status_code == 410
    MailAddressChange.objects.update(due_at=timezone.now())
    change_mail_address.func(change_id=change.pk)
    hana.refresh_from_db()
    assert hana.email == OLD


def test_a_session_alone_may_stop_it(hana):
    asked(hana)
    client = browser()
    sign_in(client)
    assert client.post("/account/email/stop/", follow=True).status_code == 200
    assert MailAddressChange.objects.get().state == MailChangeState.STOPPED
    assert client.post("/account/email/stop/").status_code == 302  # twice is fine


def test_a_new_password_by_mail_and_signing_everybody_out_stop_it(hana):
    asked(hana)
    actions.end_all_sessions(hana)
    assert MailAddressChange.objects.get().state == MailChangeState.STOPPED
    mail_addresses.confirm_change(asked(hana))
    actions.send_reset_link(hana)
    client = browser()
    form = client.get(newest_link(OLD), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "a-new-long-pass-phrase-2", "password2": "a-new-long-pass-phrase-2"})
    assert not MailAddressChange.objects.filter(state__in=MailAddressChange.OPEN).exists()


def test_one_at_a_time_and_what_nobody_confirms_lapses(hana):
    first = asked(hana)
    with pytest.raises(mail_addresses.AlreadyOnItsWay):
        asked(hana)
    link = newest_link(NEW)
    MailAddressChange.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    assert browser().post(link).status_code == 410
    drop_counts.func(timestamp=0)
    first.refresh_from_db()
    assert first.state == MailChangeState.LAPSED
    asked(hana)


def test_an_address_with_an_account_is_answered_the_same_and_told(hana, jobs):
    world.customer(NEW)
    client = browser()
    proven(client, jobs)
    assert client.post(FORM, {"new": NEW}).status_code == 302
    assert MailAddressChange.objects.get().state == MailChangeState.ASKED
    mail = Mail.objects.get(to=NEW)
    assert "account already" in mail.subject and "/account/email/confirm/" not in mail.text


def test_an_address_that_gets_an_account_meanwhile_stays_with_it(hana):
    change = asked(hana)
    mail_addresses.confirm_change(change)
    world.customer(NEW)
    MailAddressChange.objects.update(due_at=timezone.now())
    change_mail_address.func(change_id=change.pk)
    change.refresh_from_db()
    hana.refresh_from_db()
    assert change.state == MailChangeState.LAPSED and hana.email == OLD


def test_ones_own_address_is_no_other(hana, jobs):
    client = browser()
    proven(client, jobs)
    assert "your mail address already" in client.post(FORM, {"new": "Hana@customer.example"}).content.decode()
    assert client.post(FORM, {"new": "nonsense"}).status_code == 422
