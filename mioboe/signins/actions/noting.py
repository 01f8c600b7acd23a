"""Writing sign-ins down, and saying how familiar each was."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.device_secrets import (
    Standing,
    cookie_with,
    digest,
    new_secret,
    rotate,
    shown_device,
    standing,
)
from mioboe.signins.actions.devices import forget_surplus, is_known, note_copy
from mioboe.signins.actions.learning import MOST_TRIES, day_of, keep, read_profile, shown_by
from mioboe.signins.actions.memory import tallies
from mioboe.signins.actions.notices import tell_of_sign_in
from mioboe.signins.actions.thresholds import is_over, score_key, tenths_of
from mioboe.signins.browsers import browser_of, clean
from mioboe.signins.familiarity import Weighed, keys_to_learn, weigh
from mioboe.signins.models import AccountProfile, Device, Level, SignIn
from mioboe.signins.places import Place, place_of
from mioboe.trail.actions import record

LONGEST_METHOD = 20


@dataclass(frozen=True)
class Noted:
    sign_in: SignIn
    secret: str  # for the browser's cookie; "" where it keeps the one it has


@transaction.atomic
def note_sign_in(
    person: Person,
    ip: str | None,
    user_agent: str,
    session_key: str,
    secret: str,
    method: str = "",
    at: datetime | None = None,
    confirmed: bool = False,
) -> Noted:
    """Writes a successful sign-in down and says how familiar it was. A known device proves itself with its `secret` (the cookie), and
    that decides; it gets a new one. So does a second step or a passkey (`confirmed`). A removed device never counts as familiar
    otherwise, nor does one of whose secret there is a copy; for the others the score decides. An unusual sign-in is not learned into
    the account's profile, and its device not known, until the customer says so (`answer_mine`); a mail tells of it. `at`: now, where
    not given."""
    sign_in = seen_sign_in(person, ip, user_agent, session_key, method, at)
    shown = shown_device(person, secret)
    first_ever = shown is None and is_first_of(person)
    worth = standing(*shown) if shown else None
    if shown and worth is Standing.COPIED:
        note_copy(shown[0])
        worth = Standing.REMOVED
    if shown is None or worth is Standing.REMOVED:
        entry, columns = new_secret(person)
        device, proven = _new_device(sign_in, columns), False
    else:
        device, proven = shown[0], is_known(shown[0])
        entry = rotate(*shown)
    sign_in.device = device
    removed = worth is Standing.REMOVED
    copied = removed and shown is not None and shown[0].copied_at is not None
    decide_and_keep(sign_in, first_ever=first_ever, proven=proven, removed=removed, copied=copied, confirmed=confirmed)
    known_at = timezone.now() if sign_in.is_familiar and device.known_at is None else device.known_at
    where = {"country": sign_in.country, "prefecture": sign_in.prefecture}
    Device.objects.filter(pk=device.pk).update(last_seen_at=sign_in.at, known_at=known_at, **where)
    record("sign_in", [person.ref, device.ref], person, familiar=sign_in.is_familiar, device=str(device.pk))
    if not sign_in.is_familiar:
        tell_of_sign_in(sign_in)
    return Noted(sign_in, cookie_with(entry, secret, shown[1] if shown else "") if entry else "")


def seen_sign_in(
    person: Person, ip: str | None, user_agent: str, session_key: str, method: str, at: datetime | None
) -> SignIn:
    """What a sign-in shows of itself, not decided and not kept yet, and of no device. `at`: now, where not given."""
    place = place_of(ip) if ip else Place()
    return SignIn(
        person=person,
        at=at or timezone.now(),
        ip=ip,
        country=place.country,
        prefecture=place.prefecture,
        asn=place.asn,
        user_agent=clean(user_agent),
        session_digest=digest(session_key),
        method=method[:LONGEST_METHOD],
    )


def is_first_of(person: Person) -> bool:
    """Whether the account has no history at all: neither a device nor, where another shop keeps those, a profile."""
    return not (person.devices.exists() or AccountProfile.objects.filter(pk=person.pk).exists())


def decide_and_keep(
    sign_in: SignIn,
    *,
    first_ever: bool,
    proven: bool,
    removed: bool,
    copied: bool = False,
    confirmed: bool = False,
) -> None:
    """Weighs the sign-in against its account's history, decides, and writes it all down: one read, one write. Fills in the
    decision and the id of `sign_in`."""
    shown = shown_by(sign_in.ip, sign_in.country, sign_in.asn, sign_in.user_agent)
    for _ in range(MOST_TRIES):
        known = read_profile(sign_in.person_id)
        weighed = weigh(known.profile, shown, tallies(), day_of(sign_in)) if known.profile.sign_ins else None
        decide(
            sign_in,
            weighed,
            first_ever=first_ever,
            proven=proven,
            removed=removed,
            copied=copied,
            confirmed=confirmed,
        )
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


def decide(
    sign_in: SignIn,
    weighed: Weighed | None,
    *,
    first_ever: bool,
    proven: bool,
    removed: bool,
    copied: bool = False,
    confirmed: bool = False,
) -> None:
    """Fills in what the sign-in is, and why. Changes nothing else."""
    sign_in.is_familiar, sign_in.is_very_unfamiliar, sign_in.reasons = True, False, []
    if weighed is not None:
        sign_in.score, sign_in.network_seen, sign_in.device_seen = weighed.score, weighed.network, weighed.device
    if first_ever:
        sign_in.reasons = ["first_sign_in"]
    elif proven:
        sign_in.reasons = ["device_proven"]
    elif confirmed:
        sign_in.reasons = ["second_step"] + (weighed.reasons if weighed is not None else [])
    elif weighed is None:
        # Devices, but nothing to hold against: the history is older than what is kept.
        sign_in.is_familiar, sign_in.reasons = False, ["no_history"]
    else:
        tenths = tenths_of(weighed.score)
        gone = ["device_copied"] if copied else ["device_removed"] if removed else []
        sign_in.is_very_unfamiliar = is_over(Level.VERY_UNFAMILIAR, tenths)
        sign_in.is_familiar = not (removed or sign_in.is_very_unfamiliar or is_over(Level.UNFAMILIAR, tenths))
        sign_in.reasons = gone + weighed.reasons


def _new_device(sign_in: SignIn, columns: dict[str, str]) -> Device:
    read = browser_of(sign_in.user_agent)
    device = Device.objects.create(
        person=sign_in.person,
        browser=read.browser,
        system=read.system,
        country=sign_in.country,
        prefecture=sign_in.prefecture,
        **columns,
    )
    forget_surplus(device)
    return device
