"""Sign-ins that happened elsewhere: another shop tells of them, and asks how familiar they are."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mioboe.people.models import Person
from mioboe.signins.actions.noting import Noted, decide_and_keep, is_first_of, note_sign_in, seen_sign_in
from mioboe.trail.actions import record


@dataclass(frozen=True)
class Told:
    """What another shop saw of a successful sign-in. `secret`: the device's, as we gave it out; "" for a browser that has none yet;
    None where that shop keeps none, so that no device is made that nobody could ever show again."""

    ip: str | None
    user_agent: str
    session: str
    method: str
    at: datetime | None
    secret: str | None


@transaction.atomic
def note_told(person: Person, told: Told) -> Noted:
    """Writes it down as our own sign-ins are, and decides in the same way. An account's first is where its history begins: it
    counts as familiar."""
    if told.secret is not None:
        return note_sign_in(person, told.ip, told.user_agent, told.session, told.secret, told.method, told.at)
    sign_in = seen_sign_in(person, told.ip, told.user_agent, told.session, told.method, told.at)
    decide_and_keep(sign_in, first_ever=is_first_of(person), proven=False, removed=False)
    record("sign_in", [person.ref], person, familiar=sign_in.is_familiar)
    return Noted(sign_in, "")
