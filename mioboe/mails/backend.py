"""Django's e-mail backend: every mail, allauth's too, becomes a row in the ledger and a job, in one transaction."""

from collections.abc import Sequence
from email.utils import make_msgid

import css_inline
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from procrastinate.contrib.django import app

from mioboe.mails.models import Mail
from mioboe.people.models import Person


class LedgerBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes the mails down; a job sends each once the transaction commits. Answers how many."""
        written = 0
        with transaction.atomic():
            for message in email_messages:
                for recipient in message.recipients():
                    mail = _row(message, recipient)
                    app.configure_task("mails.send_mail").defer(mail_id=mail.pk)
                    written += 1
        return written


def _row(message: EmailMessage, recipient: str) -> Mail:
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        html = next((str(content) for content, mimetype in message.alternatives if mimetype == "text/html"), "")
    if html:
        html = css_inline.inline(html, load_remote_stylesheets=False)
    headers = message.extra_headers
    return Mail.objects.create(
        number=headers.get("X-Mail-Number") or Mail._meta.get_field("number").get_default(),
        person=Person.objects.filter(email__iexact=recipient).first(),
        to=recipient,
        kind=headers.get("X-Mail-Kind", "account"),
        about=[ref for ref in headers.get("X-Mail-About", "").split(" ") if ref],
        subject=str(message.subject),
        text=str(message.body),
        html=html,
        message_id=make_msgid(domain=settings.MIOBOE_MAIL_DOMAIN),
    )
