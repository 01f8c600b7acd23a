"""Which sessions came from which device. A session carries its sign-in, as its key changes with a new password."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from mioboe.people.models import Person
from mioboe.signins.models import Device, SignIn
from mioboe.site.live import announce_session_end
from mioboe.site.reads import read_often

# What a session holds of its sign-in.
SIGN_IN_KEY, DEVICE_KEY = "sign_in", "device"


@transaction.atomic
def end_sessions_of(device: Device) -> int:
    """Signs the person out on this device only. Answers how many sessions ended; may be called twice."""
    ours = [key for key, held in _sessions(device.person) if held.get(DEVICE_KEY) == device.pk]
    for key in ours:
        announce_session_end(key)
    Session.objects.filter(session_key__in=ours).delete()
    UserSession.objects.filter(session_key__in=ours).delete()
    return len(ours)


def devices_signed_in(person: Person) -> set[int]:
    """The ids of the devices on which the person is signed in now."""
    return {held[DEVICE_KEY] for _, held in _sessions(person) if DEVICE_KEY in held}


def note_in_session(session: SessionBase, sign_in: SignIn) -> None:
    """From now on the session says which sign-in it came from, and from which device."""
    session[SIGN_IN_KEY], session[DEVICE_KEY] = [sign_in.pk, sign_in.at.isoformat()], sign_in.device_id


def current_sign_in(session: SessionBase) -> SignIn | None:
    """The sign-in that this session came from, with its device; None where it came from none, or that is gone."""
    kept = session.get(SIGN_IN_KEY)
    return _sign_in(kept[0], datetime.fromisoformat(kept[1])) if kept else None


@read_often
def _sign_in(number: int, at: datetime) -> QuerySet[SignIn]:
    # With its time it is looked for in one month's partition.
    return SignIn.objects.filter(pk=number, at=at).select_related("device")


def _sessions(person: Person) -> list[tuple[str, dict[str, int]]]:
    keys = list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
    return [(session.session_key, session.get_decoded()) for session in Session.objects.filter(session_key__in=keys)]
