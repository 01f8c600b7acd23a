"""Devices: which are known, what their owner calls them, and forgetting them."""

from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.sessions import current_sign_in, end_sessions_of
from mioboe.signins.browsers import browser_of
from mioboe.signins.models import Device
from mioboe.trail.actions import record

# A device that came in unusually and that nobody objected to for so long counts as known: the notice about it was not
# answered, as most are not, and asking for ever helps nobody.
KNOWN_AFTER = timedelta(days=14)
# Of one account. Whoever signs in without a cookie is a new device each time; the least useful go.
MOST_DEVICES = 60
LONGEST_NAME = 60


def is_known(device: Device) -> bool:
    """Whether the device's secret speaks for it by now."""
    since = device.known_at or device.first_seen_at + KNOWN_AFTER
    return device.revoked_at is None and since <= timezone.now()


def is_on_known_device(session: SessionBase) -> bool:
    """Whether this session is on a device whose secret speaks for it."""
    sign_in = current_sign_in(session)
    return sign_in is not None and sign_in.device is not None and is_known(sign_in.device)


def know_device(device: Device) -> bool:
    """From now on the device is the person's own ("this was me", or a second step passed on it). May be called twice; False
    where it was revoked or known before. What its sign-in showed is learned with `learning.learn`."""
    return bool(
        Device.objects.filter(pk=device.pk, known_at__isnull=True, revoked_at__isnull=True).update(
            known_at=timezone.now()
        )
    )


def name_device(device: Device, name: str) -> str:
    """Gives a device the name that its owner calls it by; an empty one takes it back. Answers what was kept: one line, 60
    characters at most. May be called twice."""
    kept = " ".join(name.split())[:LONGEST_NAME]
    Device.objects.filter(pk=device.pk).update(name=kept)
    device.name = kept
    return kept


@transaction.atomic
def revoke_device(device: Device) -> bool:
    """Forgets one device and signs it out: whoever signs in on it is new. False where it was forgotten before."""
    done = Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if done:
        sessions = end_sessions_of(device)
        record("device.removed", [device.person.ref, device.ref], device.person, sessions=sessions)
    return bool(done)


@transaction.atomic
def revoke_devices(person: Person, except_device: Device | None = None) -> int:
    """Forgets the person's devices: whoever signs in on one of them is new. Answers how many; may be called twice."""
    devices = Device.objects.filter(person=person, revoked_at__isnull=True)
    if except_device:
        devices = devices.exclude(pk=except_device.pk)
    revoked = devices.update(revoked_at=timezone.now())
    if revoked:
        record("devices.removed", [person.ref], person, devices=revoked)
    return revoked


@transaction.atomic
def note_copy(device: Device) -> bool:
    """An old secret of the device was shown after the new one was used: two browsers hold it, and nobody can say which is the
    owner's. Both have to prove themselves again: the device is forgotten and its sessions end. False where that was noted before."""
    now = timezone.now()
    done = Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=now, copied_at=now)
    device.refresh_from_db()
    if done:
        sessions = end_sessions_of(device)
        record("device.copied", [device.person.ref, device.ref], device.person, sessions=sessions)
    return bool(done)


def forget_surplus(newest: Device) -> int:
    """Holds the devices of a person, who has a new one, to their bound: removed ones go first, then those never known, of these the ones
    longest unseen."""
    kept = (
        Device.objects.filter(person=newest.person_id)
        .exclude(pk=newest.pk)
        .order_by(F("revoked_at").desc(nulls_first=True), F("known_at").desc(nulls_last=True), "-last_seen_at")
    )
    surplus = list(kept.values_list("pk", flat=True)[MOST_DEVICES - 1 : MOST_DEVICES * 2])
    return Device.objects.filter(pk__in=surplus).delete()[0] if surplus else 0


def name_of(user_agent: str) -> tuple[str, str]:
    """Browser and system as the library names them ("Mobile Safari", "iPhone"); empty where the string says nothing."""
    read = browser_of(user_agent)
    return read.browser, read.system
