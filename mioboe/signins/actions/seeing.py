"""A device that is in use: looked at now and then, so that its secret is replaced and a copy of it is noticed between sign-ins."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.device_secrets import (
    Standing,
    cookie_with,
    is_due,
    rotate,
    settle,
    shown_device,
    standing,
)
from mioboe.signins.actions.devices import note_copy
from mioboe.signins.actions.notices import tell_of_copy
from mioboe.signins.models import Device


@dataclass(frozen=True)
class Seen:
    cookie: str = ""  # what the browser keeps from now on; "" for what it has
    is_copied: bool = False
    is_settled: bool = False  # nothing to look at for a while


@transaction.atomic
def see_device(person: Person, cookie: str) -> Seen:
    """Looks at the cookie that came with a signed-in person's request: the device was seen, a secret a day old is replaced, and an old
    one shown after the newest was used ends what the device may do, with a mail to the owner, once. May be called at any time."""
    shown = shown_device(person, cookie)
    if shown is None:
        return Seen(is_settled=True)
    device, entry = shown
    worth = standing(device, entry)
    if worth is Standing.COPIED:
        if note_copy(device):
            tell_of_copy(device)
        return Seen(is_copied=True)
    if worth is Standing.REMOVED:
        return Seen(is_copied=device.copied_at is not None, is_settled=True)
    Device.objects.filter(pk=device.pk).update(last_seen_at=timezone.now())
    if worth is Standing.BEFORE or is_due(device):
        new = rotate(device, entry)
        return Seen(cookie_with(new, cookie, entry) if new else "")
    return Seen(is_settled=settle(device, entry))
