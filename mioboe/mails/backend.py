"""Django's e-mail backend: every mail, allauth's too, becomes a row in the ledger and a job, in one transaction."""

from collections.abc import Sequence

import css_inline
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from mioboe.mails.ledger import enter
from mioboe.people.models import Person
from mioboe.site.ids import new_id


class LedgerBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes the mails down; a job sends each once the transaction commits. Answers how many."""
        written = 0
        with transaction.atomic():
            for message in email_messages:
                for recipient in message.recipients():
                    _enter(message, recipient)
                    written += 1
        return written


def _enter(message: EmailMessage, recipient: str) -> None:
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        html = next((str(content) for content, mimetype in message.alternatives if mimetype == "text/html"), "")
    if html:
        html = css_inline.inline(html, load_remote_stylesheets=False)
    enter(
        number=message.extra_headers.get("X-Mail-Number") or new_id(),
        person=Person.objects.filter(email__iexact=recipient).first(),
        to=recipient,
        kind="account",
        subject=str(message.subject),
        text=str(message.body),
        html=html,
    )
