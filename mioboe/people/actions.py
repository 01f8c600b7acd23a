"""Verbs about people and their sessions."""

from allauth.account.forms import ResetPasswordForm
from allauth.core.context import request_context
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import RequestFactory
from django.utils import translation

from mioboe.people.models import Person
from mioboe.site.live import announce_session_end


@transaction.atomic
def end_all_sessions(person: Person, except_key: str = "") -> int:
    """Signs the person out everywhere (but for the session `except_key`); the next click of whoever was in there meets
    the sign-in page. Answers how many sessions ended; may be called twice, the second time it finds none."""
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


@transaction.atomic
def send_reset_link(person: Person) -> None:
    """Mails the person a link to set a new password: works once, for 30 minutes. Nobody but the addressee sees it.
    May be called twice: two mails, and the first link ends when the second is used."""
    request = RequestFactory().get("/", HTTP_HOST=settings.MIOBOE_BASE_URL.split("//")[1])
    form = ResetPasswordForm(data={"email": person.email})
    if not form.is_valid():
        raise ValueError("the mail address on file cannot be written to")
    with translation.override(person.language), request_context(request):
        form.save(request)
