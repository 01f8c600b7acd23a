"""The one way into the ledger of mails: a row and the job that sends it, in one transaction."""

from email.utils import make_msgid
from typing import Any

from django.conf import settings
from procrastinate.contrib.django import app

from mioboe.mails.models import Mail
from mioboe.site.rows import add


def enter(**facts: Any) -> Mail:
    """Writes a mail down; a job sends it once the caller's transaction commits."""
    mail = Mail(message_id=make_msgid(domain=settings.MIOBOE_MAIL_DOMAIN), **facts)
    return add(mail, then=lambda: _send(mail))


def _send(mail: Mail) -> None:
    app.configure_task("mails.send_mail").defer(mail_id=mail.pk)
