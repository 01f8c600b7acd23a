"""What the signature proves, in which language, and how long a mail is tried."""

import smtplib
from email import message_from_bytes
from unittest import mock

import dkim
import pytest
from django.conf import settings
from procrastinate.jobs import Job

from mioboe.mails.actions import note_failed, note_sent
from mioboe.mails.dkim import SIGNED_HEADERS, _private_key, dns_name, is_signed_by_us
from mioboe.mails.jobs import MOST_ATTEMPTS, GrowingPauses, Refused, send_mail
from mioboe.mails.later import finish_words
from mioboe.mails.models import Mail, MailState
from mioboe.trail.models import Entry
from tests import world
from tests.mails.test_sending import mail, server  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(mail, server) -> bytes:  # noqa: F811
    send_mail.func(mail_id=mail.pk)
    return server.kept[0]


@pytest.mark.parametrize("header", ["From", "To", "Subject", "Date", "Message-ID", "X-Mail-Number"])
def test_no_header_that_people_rely_on_can_be_changed(sent, header):
    message = message_from_bytes(sent)
    assert is_signed_by_us(message.as_bytes().replace(b"\n", b"\r\n"))
    message.replace_header(header, "something else")
    assert not is_signed_by_us(message.as_bytes().replace(b"\n", b"\r\n"))


def test_a_signature_for_another_domain_is_not_ours(sent):
    body = sent[sent.index(b"\r\nContent-Type") + 2 :]
    for selector, domain in ((b"mioboe", b"evil.example"), (b"other", settings.MIOBOE_MAIL_DOMAIN.encode())):
        raw = b"From: a@b.example\r\n" + body
        signature = dkim.sign(raw, selector, domain, _private_key(settings.MIOBOE_DKIM_KEY))
        assert not is_signed_by_us(signature + raw)
    assert dns_name().startswith("mioboe._domainkey.")


@pytest.mark.parametrize(
    "raw", [b"", b"hello", b"DKIM-Signature: v=1\r\n\r\nx", b"DKIM-Signature: \xff\r\n\r\n", b"\x00" * 99]
)
def test_what_has_no_signature_that_can_be_read_is_not_ours(raw):
    assert not is_signed_by_us(raw)


def test_a_mail_is_in_the_language_of_whom_it_is_for(mail):  # noqa: F811
    finish_words(mail)
    assert "ご注文" in mail.subject and "ご注文" in mail.text
    world.bought(world.customer("ben@customer.example", language="en"), world.film("other"), "press-two")
    english = Mail.objects.get(to="ben@customer.example")
    finish_words(english)
    assert "ご注文" not in english.subject + english.text


def test_each_end_of_a_mail_is_noted_once(mail):  # noqa: F811
    assert note_sent(mail, b"raw") and not note_sent(Mail.objects.get(pk=mail.pk), b"raw")
    assert not note_failed(Mail.objects.get(pk=mail.pk), "no")
    assert list(Entry.objects.filter(verb__startswith="mail.").values_list("verb", flat=True)) == ["mail.sent"]


def test_a_failed_mail_tells_why_within_bounds(mail):  # noqa: F811
    assert note_failed(mail, "x" * 1000)
    assert not note_sent(Mail.objects.get(pk=mail.pk), b"")
    assert Entry.objects.get(verb="mail.failed").detail["problem"] == "x" * 300


@pytest.mark.parametrize(
    ("answer", "is_final"),
    [
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPSenderRefused(550, b"no", "orders@hoshizora.example"), True),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no"), "b": (451, b"later")}), False),
    ],
)
def test_only_a_refusal_for_good_is_final(mail, server, answer, is_final):  # noqa: F811
    server.answer = answer
    with pytest.raises(Refused if is_final else type(answer)):
        send_mail.func(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == (MailState.FAILED if is_final else MailState.QUEUED)


def test_a_mail_is_tried_again_with_growing_pauses_and_not_for_ever():
    def again(attempts: int, error: Exception) -> bool:
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        return GrowingPauses().get_retry_decision(exception=error, job=job) is not None

    assert again(0, OSError()) and again(MOST_ATTEMPTS - 1, OSError())
    assert not again(MOST_ATTEMPTS, OSError())
    assert not again(0, Refused())


def test_a_mail_that_nobody_wrote_in_the_end_has_no_job(mail, run_jobs):  # noqa: F811
    """The job commits with the mail: one job each."""
    with mock.patch("mioboe.mails.actions.note_sent"), mock.patch("mioboe.mails.jobs.EmailBackend"):
        assert run_jobs() == 1


def test_everything_that_tells_who_and_what_is_signed():
    assert {b"from", b"to", b"subject", b"date", b"message-id", b"x-mail-number"} <= set(SIGNED_HEADERS)
