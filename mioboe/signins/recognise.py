"""At the door: notes each sign-in, keeps the device's secret in its cookie, and looks at it now and then while it is in use."""

import time
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import login_code_rejected, password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from mioboe.people.models import MailAddressChange, Person
from mioboe.people.signals import mail_change_went_on
from mioboe.signins.actions import digest, note_attempt, note_in_session, note_sign_in, see_device
from mioboe.signins.actions.device_secrets import SETTLES_IN
from mioboe.signins.adapter import COOKIE, device_secret
from mioboe.site.live import announce
from mioboe.trail.actions import record

COOKIE_AGE_S = 2 * 365 * 24 * 3600
LONGEST_MAIL = 254
# What a session remembers of the last look at its device, and for how long that is enough, seconds.
SEEN_KEY, LOOK_EVERY_S = "device_seen", 3600
# Signed in by a link or a code, by a passkey or with a second step: as people say it (signins/words.py).
_KINDS = {"password_reset": "reset", "webauthn": "passkey", "recovery_codes": "recovery"}


@receiver(user_logged_in, dispatch_uid="note_sign_in")
def _note(sender: type[Person], request: HttpRequest, user: Person, **kwargs: object) -> None:
    noted = note_sign_in(
        user,
        request.META.get("REMOTE_ADDR"),
        request.headers.get("User-Agent", ""),
        request.session.session_key or "",
        device_secret(request),
        _method(request, user),
        confirmed=_is_confirmed(request, user),
    )
    note_in_session(request.session, noted.sign_in)
    request.META["mioboe.device_secret"] = noted.secret


def _method(request: HttpRequest, person: Person) -> str:
    """How: "password", "passkey", "password+totp", …, in the order of the steps, as allauth has noted them; "" where it has not."""
    records = get_authentication_records(request, person)
    steps = [str(record.get("type") if record.get("method") == "mfa" else record.get("method")) for record in records]
    return "+".join(dict.fromkeys(_KINDS.get(step, step) for step in steps))


_METHODS = {
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.TOTP: "totp",
    Authenticator.Type.RECOVERY_CODES: "recovery_code",
}


def _is_confirmed(request: HttpRequest, person: Person) -> bool:
    """A passkey, or a second step after the password: more than what an intruder finds out or guesses. The mailbox alone is none: its
    owner is told of a device that came that way."""
    records = get_authentication_records(request, person)
    return any(record["method"] == "mfa" for record in records) or {"password", "code"} <= {
        record["method"] for record in records
    }


@receiver(user_login_failed, dispatch_uid="note_attempt")
def _note_failure(
    sender: object, credentials: dict[str, object], request: HttpRequest | None = None, **kwargs: object
) -> None:
    """Right or wrong address, the same is done; what was typed as password never comes here."""
    if request is None:
        return
    mail = str(credentials.get("email") or credentials.get("username") or "")[:LONGEST_MAIL].replace("\0", "")
    person = Person.objects.filter(email__iexact=mail).first()
    note_attempt(person, request.META.get("REMOTE_ADDR"), request.headers.get("User-Agent", ""))


@receiver(login_code_rejected, dispatch_uid="note_wrong_mailed_code")
def _note_wrong_code(sender: object, request: HttpRequest, user: Person, **kwargs: object) -> None:
    note_attempt(user, request.META.get("REMOTE_ADDR"), request.headers.get("User-Agent", ""), "code")


@receiver(authentication_failed, dispatch_uid="note_wrong_app_code")
def _note_wrong_app_code(
    sender: object, request: HttpRequest, user: Person, reauthentication: bool = False, **kwargs: object
) -> None:
    note_attempt(user, request.META.get("REMOTE_ADDR"), request.headers.get("User-Agent", ""), "totp")


@receiver([authenticator_added, authenticator_removed, authenticator_reset], dispatch_uid="note_second_factor")
def _note_second_factor(
    sender: object, signal: object, user: Person, authenticator: Authenticator, **kwargs: object
) -> None:
    what = _METHODS[Authenticator.Type(authenticator.type)]
    how = "removed" if signal is authenticator_removed else "added"
    record(f"{what}.{how}", [user.ref], user)
    announce(user.ref)


@receiver(authenticator_used, dispatch_uid="note_recovery_code")
def _note_recovery_code(sender: object, user: Person, authenticator: Authenticator, **kwargs: object) -> None:
    """They are for emergencies, and there are few."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record("recovery_code.used", [user.ref], user)


@receiver(mail_change_went_on, dispatch_uid="note_mail_change")
def _note_mail_change(sender: object, change: MailAddressChange, verb: str, **kwargs: object) -> None:
    record(f"mail_address.{verb}", [change.person.ref], change.person, change=change.pk)


@receiver([password_changed, password_reset, password_set], dispatch_uid="note_new_password")
def _note_password(sender: type[Person], user: Person, **kwargs: object) -> None:
    record("password.changed", [user.ref], user)
    announce(user.ref)


class RecogniseDevice:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = device_secret(request)
        if cookie and isinstance(request.user, Person):
            _look(request, request.user, cookie)
        response = self.get_response(request)
        secret = request.META.get("mioboe.device_secret")
        if secret:
            response.set_cookie(
                COOKIE,
                secret,
                max_age=COOKIE_AGE_S,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        return response


def _look(request: HttpRequest, person: Person, cookie: str) -> None:
    """Once an hour, and whenever the cookie is another than the last time: one query, and mostly no more."""
    shown, now = digest(cookie)[:16], int(time.time())
    before = request.session.get(SEEN_KEY)
    if before and before[0] == shown and now - before[1] < LOOK_EVERY_S:
        return
    seen = see_device(person, cookie)
    if seen.is_copied:
        logout(request)
    else:
        # A secret that is too new to prove anything is looked at again once it is old enough.
        again_in_s = LOOK_EVERY_S if seen.is_settled else int(SETTLES_IN.total_seconds())
        request.session[SEEN_KEY] = [shown, now - LOOK_EVERY_S + again_in_s]
    request.META["mioboe.device_secret"] = seen.cookie
