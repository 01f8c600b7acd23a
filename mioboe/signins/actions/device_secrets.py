"""A device's secret: handed out, shown again, replaced, and noticed where a copy of an old one turns up.

The cookie holds `selector.verifier` of up to four accounts, joined by `~`, as a family shares one browser. The selector finds the
device and stays; the verifier is replaced at each sign-in and about once a day. Only digests are kept, of each device the newest two
verifiers and no more: whatever else comes with its selector is an older one."""

import hashlib
import re
import secrets
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.models import Device

SELECTOR_BYTES, VERIFIER_BYTES = 16, 24
MOST_ACCOUNTS = 4  # of one browser
LONGEST_COOKIE = 4 * 64
ROTATE_EVERY = timedelta(days=1)
# Two tabs ask at once, or the browser dies before it has written its cookies down (Chromium does so every 30 s): for so long after a
# change the secret before it is as good, and showing the new one proves nothing yet.
SETTLES_IN = timedelta(seconds=60)
# A device that speaks for itself without a verifier is from before there were any.
_ENTRY = re.compile(r"([A-Za-z0-9_-]{16,64})(?:\.([A-Za-z0-9_-]{32}))?")


class Standing(StrEnum):
    """What a shown secret is worth."""

    GOOD = "good"  # the newest
    BEFORE = "before"  # the one before it, and nobody has shown the newest: its answer was lost, or is under way
    COPIED = "copied"  # an old one, after the newest was used: somebody has a copy
    REMOVED = "removed"  # of a device that was removed


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret(person: Person) -> tuple[str, dict[str, str]]:
    """For a device that is new: what its browser keeps, and the columns that we keep."""
    selector, verifier = secrets.token_urlsafe(SELECTOR_BYTES), secrets.token_urlsafe(VERIFIER_BYTES)
    return f"{selector}.{verifier}", {"digest": _find_by(person.pk, selector), "secret": digest(verifier)}


def shown_device(person: Person, cookie: str) -> tuple[Device, str] | None:
    """The person's device that the cookie speaks of, revoked or not, and what it shows for it: `selector.verifier`."""
    entries = {_find_by(person.pk, entry.split(".")[0]): entry for entry in _entries(cookie)}
    device = Device.objects.filter(person=person, digest__in=list(entries)).order_by("-pk").first() if entries else None
    return (device, entries[device.digest]) if device else None


def standing(device: Device, entry: str) -> Standing:
    """What the entry proves of its device now. Changes nothing."""
    shown = _verifier_digest(entry)
    if device.revoked_at:
        return Standing.REMOVED
    if shown == device.secret:
        return Standing.GOOD
    if shown == device.secret_before and (device.settled_at is None or _is_settling(device)):
        return Standing.BEFORE
    return Standing.COPIED


def rotate(device: Device, entry: str) -> str:
    """Replaces the secret by a new one, which is answered for the browser; the shown one stays good until the new one was used. The
    same again where it was replaced just now; "" where another tab was faster, whose answer has the new one. Compare-and-set."""
    if _is_settling(device):
        return entry if _verifier_digest(entry) == device.secret else ""
    verifier = secrets.token_urlsafe(VERIFIER_BYTES)
    news = {"secret": digest(verifier), "secret_before": _verifier_digest(entry), "settled_at": None}
    same = Device.objects.filter(pk=device.pk, secret=device.secret, revoked_at__isnull=True)
    if not same.update(rotated_at=timezone.now(), **news):
        return ""
    return f"{entry.split('.')[0]}.{verifier}"


def settle(device: Device, entry: str) -> bool:
    """Notes that the newest secret is in use, from when on the one before it is old. False while it is too early to tell."""
    if _is_settling(device) or _verifier_digest(entry) != device.secret:
        return False
    if device.settled_at is None:
        same = Device.objects.filter(pk=device.pk, secret=device.secret)
        same.update(settled_at=timezone.now())
    return True


def is_due(device: Device) -> bool:
    return device.rotated_at + ROTATE_EVERY <= timezone.now()


def cookie_with(entry: str, cookie: str, instead_of: str) -> str:
    """The browser's cookie with this entry first and without the one that it replaces; those of other accounts stay, the oldest go."""
    others = [other for other in _entries(cookie) if other not in (entry, instead_of)]
    return "~".join([entry, *others[: MOST_ACCOUNTS - 1]])


def _entries(cookie: str) -> list[str]:
    if len(cookie) > LONGEST_COOKIE:
        return []
    return [entry for entry in cookie.split("~") if _ENTRY.fullmatch(entry)][:MOST_ACCOUNTS]


def _find_by(person_id: int, selector: str) -> str:
    return digest(f"{person_id}:{selector}")


def _verifier_digest(entry: str) -> str:
    return digest(entry.partition(".")[2])


def _is_settling(device: Device) -> bool:
    return timezone.now() < device.rotated_at + SETTLES_IN
