"""The demo's mail server: a real SMTP server on loopback that puts each mail into a Maildir."""

import asyncio
import email
import email.policy
import mailbox
import re
import signal
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from mioboe.site.live import announce

LARGEST_MAIL = 5_000_000
ADDRESS = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}@[a-z0-9][a-z0-9.-]{0,200}")


@dataclass(frozen=True)
class Received:
    key: str
    path: str
    subject: str
    sender: str
    at: datetime


def _folder(address: str) -> Path:
    return Path(settings.DATA_DIR) / "mailbox" / address.lower()


def received(address: str) -> list[Received]:
    """The address's mails, newest first; none for an address that is no address."""
    folder = _folder(address)
    if not ADDRESS.fullmatch(address.lower()) or not folder.is_dir():
        return []
    mails = []
    for path in (folder / "new").iterdir():
        with path.open("rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.default)
        at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_default_timezone())
        mails.append(Received(path.name, str(path), str(message["Subject"]), str(message["From"]), at))
    return sorted(mails, key=lambda mail: mail.at, reverse=True)


def _keep(address: str, content: bytes) -> None:
    mailbox.Maildir(_folder(address), create=True).add(content)
    close_old_connections()
    announce(f"mailbox:{address.lower()}")


class Keep:
    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not ADDRESS.fullmatch(address.lower()):
            return "553 5.1.3 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            await sync_to_async(_keep)(address, content)
        return "250 2.0.0 kept"


def serve() -> None:
    """Serves until SIGTERM or SIGINT."""
    _folder("x").parent.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        Keep(), hostname="127.0.0.1", port=settings.MIOBOE_SMTP_PORT, data_size_limit=LARGEST_MAIL, decode_data=False
    )
    controller.start()

    async def until_told() -> None:
        told = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, told.set)
        await told.wait()

    asyncio.run(until_told())
    controller.stop()
