import smtplib
from datetime import timedelta
from unittest import mock

import dkim
import pytest
from django.utils import timezone

from mioboe.mails.dkim import dns_record, is_signed_by_us
from mioboe.mails.jobs import Refused, send_mail
from mioboe.mails.links import LinkState, find_link, make_link, use_link
from mioboe.mails.models import Link, Mail, MailState
from mioboe.orders.models import Order, OrderState
from mioboe.people.actions import send_reset_link
from mioboe.site.ids import spoken
from tests import world

pytestmark = pytest.mark.django_db


class Server:
    """Stands at the port to the SMTP server: keeps what it is given, or answers as it is told."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.answer: Exception | None = None

    def sendmail(self, sender, recipients, raw):
        if self.answer:
            raise self.answer
        self.kept.append(raw)


@pytest.fixture
def server():
    server = Server()

    def open_(backend):
        backend.connection = server

    with (
        mock.patch("django.core.mail.backends.smtp.EmailBackend.open", open_),
        mock.patch("django.core.mail.backends.smtp.EmailBackend.close"),
    ):
        yield server


@pytest.fixture
def mail() -> Mail:
    world.bought(world.customer(language="ja"))
    return Mail.objects.get()


def test_a_mail_is_signed_and_sent_once(mail, server):
    send_mail.func(mail_id=mail.pk)
    send_mail.func(mail_id=mail.pk)
    assert len(server.kept) == 1
    assert dkim.verify(server.kept[0], dnsfunc=lambda name, timeout=5: dns_record().encode())
    mail.refresh_from_db()
    assert mail.state == MailState.SENT and bytes(mail.raw) == server.kept[0]


def test_a_changed_mail_is_no_longer_ours(mail, server):
    send_mail.func(mail_id=mail.pk)
    assert is_signed_by_us(server.kept[0])
    assert not is_signed_by_us(server.kept[0].replace(b"hana@", b"hanb@"))
    assert not is_signed_by_us(server.kept[0] + b"P.S.\r\n")


def test_a_server_that_is_down_is_tried_again(mail, server):
    server.answer = smtplib.SMTPRecipientsRefused({mail.to: (451, b"later")})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send_mail.func(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED and "later" in mail.problem
    server.answer = None
    send_mail.func(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_a_mailbox_that_does_not_exist_is_final(mail, server):
    server.answer = smtplib.SMTPRecipientsRefused({mail.to: (550, b"no such user")})
    with pytest.raises(Refused):
        send_mail.func(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


def test_a_promised_mail_gets_its_words_when_it_is_sent_and_keeps_them(mail, server):
    assert mail.subject and not mail.text and not Link.objects.exists()
    server.answer = smtplib.SMTPServerDisconnected("gone")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send_mail.func(mail_id=mail.pk)
    mail.refresh_from_db()
    words = mail.text, mail.html
    assert "/help/not-me/" in mail.text and "/help/not-me/" in mail.html
    server.answer = None
    send_mail.func(mail_id=mail.pk)
    mail.refresh_from_db()
    assert (mail.text, mail.html) == words and Link.objects.count() == 1


def test_a_fault_in_the_words_of_a_mail_does_not_undo_the_purchase(mail, server, monkeypatch):
    monkeypatch.setattr("mioboe.mails.later.render", mock.Mock(side_effect=ValueError("a template's fault")))
    with pytest.raises(ValueError):
        send_mail.func(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED and Order.objects.get().state == OrderState.CONFIRMED


def test_a_link_works_once():
    secret = make_link("not_me", "order:X", "h@customer.example", None, 60)
    state, link = find_link(secret, "not_me")
    assert state is LinkState.GOOD and link is not None
    assert use_link(link) and not use_link(link)
    assert find_link(secret, "not_me")[0] is LinkState.USED


def test_a_link_expires_and_is_good_for_its_purpose_only():
    secret = make_link("not_me", "order:X", "h@customer.example", None, 60)
    assert find_link(secret, "other")[0] is LinkState.UNKNOWN
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    state, link = find_link(secret, "not_me")
    assert state is LinkState.EXPIRED and link is not None
    assert not use_link(link)
    assert find_link("x" * 5000, "not_me")[0] is LinkState.UNKNOWN


def test_the_mail_with_a_reset_link_is_one_of_ours():
    person = world.customer(language="ja")
    send_reset_link(person)
    mail = Mail.objects.get()
    for body in (mail.text, mail.html):
        assert "/account/password/reset/key/" in body
        assert "ほしぞら商店" in body
        assert spoken(mail.number) in body
    assert "<h1 style=" in mail.html  # mail programs drop style sheets
