"""Writing sign-ins down, and saying how familiar each was."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.devices import is_known
from mioboe.signins.actions.learning import MOST_TRIES, day_of, keep, read_profile, shown_by
from mioboe.signins.actions.memory import tallies
from mioboe.signins.actions.thresholds import is_over, score_key, tenths_of
from mioboe.signins.browsers import browser_of, clean
from mioboe.signins.familiarity import Features, Weighed, keys_to_learn, weigh
from mioboe.signins.models import AccountProfile, Device, Level, SignIn
from mioboe.signins.places import Place, place_of
from mioboe.trail.actions import record

LONGEST_METHOD = 20


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Noted:
    sign_in: SignIn
    secret: str  # for the browser's cookie


@transaction.atomic
def note_sign_in(
    person: Person,
    ip: str | None,
    user_agent: str,
    session_key: str,
    secret: str,
    method: str = "",
    at: datetime | None = None,
) -> Noted:
    """Writes a successful sign-in down and says how familiar it was. A known device proves itself with its `secret`, and that
    decides; a removed one never counts as familiar; for the others the score does. An unusual sign-in is not learned into the
    account's profile, and its device not known, until the customer says so (`learn`, `know_device`). `at`: now, where not given."""
    place = place_of(ip) if ip else Place()
    user_agent = clean(user_agent)
    device = _device_of(person, secret)
    was_removed = device is not None and device.revoked_at is not None
    first_ever = not person.devices.exists() and not AccountProfile.objects.filter(pk=person.pk).exists()
    if device is None or was_removed:
        proven, secret = False, secrets.token_urlsafe(32)
    else:
        proven = is_known(device)
    sign_in = SignIn(
        person=person,
        at=at or timezone.now(),
        ip=ip,
        country=place.country,
        prefecture=place.prefecture,
        asn=place.asn,
        user_agent=user_agent,
        session_digest=digest(session_key),
        method=method[:LONGEST_METHOD],
    )
    if device is None or was_removed:
        device = _new_device(person, secret, user_agent, place)
    sign_in.device = device
    decide_and_keep(sign_in, first_ever=first_ever, proven=proven, removed=was_removed)
    known_at = timezone.now() if sign_in.is_familiar and device.known_at is None else device.known_at
    Device.objects.filter(pk=device.pk).update(last_seen_at=sign_in.at, known_at=known_at)
    record("sign_in", [person.ref, device.ref], person, familiar=sign_in.is_familiar, device=str(device.pk))
    return Noted(sign_in, secret)


def decide_and_keep(sign_in: SignIn, *, first_ever: bool, proven: bool, removed: bool) -> None:
    """Weighs the sign-in against its account's history, decides, and writes it all down: one read, one write. Fills in the
    decision and the id of `sign_in`."""
    shown = shown_by(sign_in.ip, sign_in.country, sign_in.asn, sign_in.user_agent)
    for _ in range(MOST_TRIES):
        known = read_profile(sign_in.person_id)
        weighed = weigh(known.profile, shown, tallies(), day_of(sign_in)) if known.profile.sign_ins else None
        _decide(sign_in, weighed, shown, first_ever=first_ever, proven=proven, removed=removed)
        decided_without = first_ever or proven or removed
        feed = [*keys_to_learn(shown, weighed), score_key(day_of(sign_in), None if decided_without else sign_in.score)]
        if sign_in.is_familiar:
            known.profile.learn(shown, day_of(sign_in))
        number = keep(sign_in, feed, known if sign_in.is_familiar else None)
        if number is not None:
            sign_in.pk = number
            sign_in._state.adding = False
            return
    raise RuntimeError(
        f"the profile of person {sign_in.person_id} changed {MOST_TRIES} times while one sign-in was noted"
    )


def _decide(
    sign_in: SignIn, weighed: Weighed | None, shown: Features, *, first_ever: bool, proven: bool, removed: bool
) -> None:
    sign_in.is_familiar, sign_in.is_very_unfamiliar, sign_in.reasons = True, False, []
    if weighed is not None:
        sign_in.score, sign_in.network_seen, sign_in.device_seen = weighed.score, weighed.network, weighed.device
    if first_ever:
        sign_in.reasons = ["first_sign_in"]
    elif proven:
        sign_in.reasons = ["device_proven"]
    elif weighed is None:
        # Devices, but nothing to hold against: the history is older than what is kept.
        sign_in.is_familiar, sign_in.reasons = False, ["no_history"]
    else:
        tenths = tenths_of(weighed.score)
        sign_in.is_very_unfamiliar = is_over(Level.VERY_UNFAMILIAR, tenths)
        sign_in.is_familiar = not (removed or sign_in.is_very_unfamiliar or is_over(Level.UNFAMILIAR, tenths))
        sign_in.reasons = (["device_removed"] if removed else []) + weighed.reasons


def _device_of(person: Person, secret: str) -> Device | None:
    """The device that has this secret, revoked or not."""
    if not secret:
        return None
    return Device.objects.filter(person=person, digest=digest(f"{person.pk}:{secret}")).first()


def _new_device(person: Person, secret: str, user_agent: str, place: Place) -> Device:
    read = browser_of(user_agent)
    return Device.objects.create(
        person=person,
        digest=digest(f"{person.pk}:{secret}"),
        browser=read.browser,
        system=read.system,
        country=place.country,
        prefecture=place.prefecture,
    )


def current_sign_in(session_key: str | None) -> SignIn | None:
    """The sign-in that this session came from."""
    if not session_key:
        return None
    return SignIn.objects.filter(session_digest=digest(session_key)).order_by("-at").first()
