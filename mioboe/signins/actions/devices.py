"""Devices: which are known, and forgetting them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.browsers import browser_of
from mioboe.signins.models import Device

# A device that came in unusually and that nobody objected to for so long counts as known: the notice about it was not
# answered, as most are not, and asking for ever helps nobody.
KNOWN_AFTER = timedelta(days=14)


def is_known(device: Device) -> bool:
    """Whether the device's secret speaks for it by now."""
    since = device.known_at or device.first_seen_at + KNOWN_AFTER
    return device.revoked_at is None and since <= timezone.now()


def know_device(device: Device) -> bool:
    """From now on the device is the person's own ("this was me", or a second step passed on it). May be called twice; False
    where it was revoked or known before. What its sign-in showed is learned with `learning.learn`."""
    return bool(
        Device.objects.filter(pk=device.pk, known_at__isnull=True, revoked_at__isnull=True).update(
            known_at=timezone.now()
        )
    )


@transaction.atomic
def revoke_devices(person: Person, except_device: Device | None = None) -> int:
    """Forgets the person's devices: whoever signs in on one of them is new. Answers how many; may be called twice."""
    devices = Device.objects.filter(person=person, revoked_at__isnull=True)
    if except_device:
        devices = devices.exclude(pk=except_device.pk)
    return devices.update(revoked_at=timezone.now())


def name_of(user_agent: str) -> tuple[str, str]:
    """Browser and system as people name them ("Mobile Safari", "iPhone"); empty where the string says nothing."""
    read = browser_of(user_agent)
    return read.browser, read.system
