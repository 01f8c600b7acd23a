"""Links in mails: signed, expiring, working once."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from mioboe.mails.models import Link
from mioboe.people.models import Person

# 32 random bytes in base64: nobody guesses it, and it fits one line of a mail.
SECRET_BYTES = 32
LONGEST_SECRET = 100


class LinkState(StrEnum):
    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link(purpose: str, about: str, to: str, person: Person | None, life_s: int) -> str:
    """A new secret for a link that works `life_s` seconds, once. Made in the transaction that writes the mail."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Link.objects.create(
        digest=_digest(secret),
        purpose=purpose,
        about=about,
        person=person,
        to=to,
        expires_at=timezone.now() + timedelta(seconds=life_s),
    )
    return secret


def find_link(secret: str, purpose: str) -> tuple[LinkState, Link | None]:
    """What a link is worth now; changes nothing, may be asked any number of times."""
    if len(secret) > LONGEST_SECRET:
        return LinkState.UNKNOWN, None
    link = Link.objects.select_related("person").filter(digest=_digest(secret), purpose=purpose).first()
    if link is None:
        return LinkState.UNKNOWN, None
    if link.used_at:
        return LinkState.USED, link
    if link.expires_at <= timezone.now():
        return LinkState.EXPIRED, link
    return LinkState.GOOD, link


def use_link(link: Link) -> bool:
    """Uses the link up; False where somebody (the same person in another tab, say) was faster or it has expired."""
    now = timezone.now()
    return bool(Link.objects.filter(pk=link.pk, used_at__isnull=True, expires_at__gt=now).update(used_at=now))


def spend_links(purpose: str, person: Person) -> int:
    """Ends the person's unused links of a purpose: what they were for was decided otherwise. Answers how many; may be called twice."""
    return Link.objects.filter(purpose=purpose, person=person, used_at=None).update(used_at=timezone.now())
