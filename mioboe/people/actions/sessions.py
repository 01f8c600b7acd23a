"""A person's sessions."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from mioboe.people.actions.mail_addresses import stop_changes
from mioboe.people.models import Person
from mioboe.site.live import announce_session_end


@transaction.atomic
def end_all_sessions(person: Person, except_key: str = "") -> int:
    """Signs the person out everywhere (but for the session `except_key`); the next click of whoever was in there meets
    the sign-in page. With no session spared, another mail address on its way is stopped, too: perhaps whoever asked for it was one
    of them. Answers how many sessions ended; may be called twice, the second time it finds none."""
    if not except_key:
        stop_changes(person)
    kept = UserSession.objects.filter(user=person).exclude(session_key=except_key)
    keys = list(kept.values_list("session_key", flat=True))
    for key in keys:
        announce_session_end(key)
    Session.objects.filter(session_key__in=keys).delete()
    kept.delete()
    return len(keys)


def live_sessions(person: Person) -> int:
    """How many sessions the person has now."""
    keys = UserSession.objects.filter(user=person).values_list("session_key", flat=True)
    return Session.objects.filter(session_key__in=list(keys)).count()
