"""DKIM (RFC 6376): our signature on every mail, and what to publish in the DNS for it."""

import base64
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

# RFC 8301: at least 1024 bits, better 2048.
KEY_BITS = 2048
SIGNED_HEADERS = [
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"x-mail-number",
]


@cache
def _private_key(path: Path) -> bytes:
    if not path.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_bytes(pem)
        # Where another process was faster, its key is ours.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()


def dns_name() -> str:
    return f"{settings.MIOBOE_DKIM_SELECTOR}._domainkey.{settings.MIOBOE_MAIL_DOMAIN}"


def dns_record() -> str:
    """The TXT record to publish at `dns_name()`."""
    key = serialization.load_pem_private_key(_private_key(settings.MIOBOE_DKIM_KEY), None)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def sign(raw: bytes) -> bytes:
    """The mail (CRLF line ends) with our DKIM-Signature in front."""
    signature = dkim.sign(
        raw,
        settings.MIOBOE_DKIM_SELECTOR.encode(),
        settings.MIOBOE_MAIL_DOMAIN.encode(),
        _private_key(settings.MIOBOE_DKIM_KEY),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=SIGNED_HEADERS,
    )
    return signature + raw


def is_signed_by_us(raw: bytes) -> bool:
    """Whether the mail carries our valid signature, checked against our own key rather than the DNS."""

    def published(name: bytes, timeout: int = 5) -> bytes | None:
        return dns_record().encode() if name.rstrip(b".").decode() == dns_name() else None

    try:
        return bool(dkim.verify(raw, dnsfunc=published))
    except dkim.DKIMException:
        return False
