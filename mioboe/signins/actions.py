"""Verbs about sign-ins and devices."""

import hashlib
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from ua_parser import parse

from mioboe.people.models import Person
from mioboe.signins.models import Device, SignIn
from mioboe.signins.places import Place, place_of
from mioboe.trail.actions import record

LONGEST_USER_AGENT = 400


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Noted:
    sign_in: SignIn
    secret: str  # for the browser's cookie


@transaction.atomic
def note_sign_in(person: Person, ip: str | None, user_agent: str, session_key: str, secret: str) -> Noted:
    """Writes a successful sign-in down and says whether it was usual: a device proves itself with its `secret`. A browser
    without one, or with one that was revoked, is a new device."""
    place = place_of(ip) if ip else Place()
    device = (
        Device.objects.filter(person=person, digest=digest(f"{person.pk}:{secret}"), revoked_at__isnull=True).first()
        if secret
        else None
    )
    first_ever = not person.devices.exists()
    reasons: list[str] = []
    if device is None:
        secret = secret if secret and not _is_known(person, secret) else secrets.token_urlsafe(32)
        browser, system = name_of(user_agent)
        device = Device.objects.create(
            person=person,
            digest=digest(f"{person.pk}:{secret}"),
            browser=browser,
            system=system,
            country=place.country,
            prefecture=place.prefecture,
        )
        if not first_ever:
            reasons.append("new_device")
    if not first_ever and place.country and not _was_there(person, place.country, place.prefecture):
        reasons.append("new_place")
    Device.objects.filter(pk=device.pk).update(last_seen_at=timezone.now())
    sign_in = SignIn.objects.create(
        person=person,
        device=device,
        ip=ip,
        country=place.country,
        prefecture=place.prefecture,
        user_agent=user_agent[:LONGEST_USER_AGENT],
        session_digest=digest(session_key),
        is_familiar="new_device" not in reasons,
        reasons=reasons,
    )
    record("sign_in", [person.ref, device.ref], person, familiar=sign_in.is_familiar, device=str(device.pk))
    return Noted(sign_in, secret)


def _is_known(person: Person, secret: str) -> bool:
    return Device.objects.filter(digest=digest(f"{person.pk}:{secret}")).exists()


def _was_there(person: Person, country: str, prefecture: str) -> bool:
    return SignIn.objects.filter(person=person, country=country, prefecture=prefecture).exists()


def name_of(user_agent: str) -> tuple[str, str]:
    """Browser and system as people name them ("Mobile Safari", "iPhone"); empty where the string says nothing."""
    parsed = parse(user_agent[:LONGEST_USER_AGENT])
    browser = parsed.user_agent.family if parsed.user_agent else ""
    system = parsed.os.family if parsed.os else ""
    if parsed.device and parsed.device.family in {"iPhone", "iPad"}:
        system = parsed.device.family
    return browser[:60], system[:60]


def current_sign_in(session_key: str | None) -> SignIn | None:
    """The sign-in that this session came from."""
    if not session_key:
        return None
    return SignIn.objects.filter(session_digest=digest(session_key)).order_by("-at").first()


@transaction.atomic
def revoke_devices(person: Person, except_device: Device | None = None) -> int:
    """Forgets the person's devices: whoever signs in on one of them is new. Answers how many; may be called twice."""
    devices = Device.objects.filter(person=person, revoked_at__isnull=True)
    if except_device:
        devices = devices.exclude(pk=except_device.pk)
    return devices.update(revoked_at=timezone.now())
