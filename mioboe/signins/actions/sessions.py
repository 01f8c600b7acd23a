"""Which sessions came from which device. A session carries its sign-in, as its key changes with a new password."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from mioboe.people.models import Person
from mioboe.signins.models import Device, SignIn
from mioboe.site.live import announce_session_end

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


def sign_in_of_session(session_key: str) -> SignIn | None:
    """The sign-in that the session itself says it came from."""
    session = Session.objects.filter(session_key=session_key).first()
    number = session.get_decoded().get(SIGN_IN_KEY) if session else None
    return SignIn.objects.select_related("device").filter(pk=number).first() if number else None


def _sessions(person: Person) -> list[tuple[str, dict[str, int]]]:
    keys = list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
    return [(session.session_key, session.get_decoded()) for session in Session.objects.filter(session_key__in=keys)]
