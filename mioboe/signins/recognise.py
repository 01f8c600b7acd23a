"""At the door: notes each sign-in, keeps the device's secret in its cookie, and looks at it now and then while it is in use."""

import time
from collections.abc import Callable

from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from mioboe.people.models import Person
from mioboe.signins.actions import digest, note_attempt, note_sign_in, see_device
from mioboe.signins.actions.device_secrets import LONGEST_COOKIE
from mioboe.signins.actions.sessions import DEVICE_KEY, SIGN_IN_KEY
from mioboe.site.live import announce
from mioboe.trail.actions import record

COOKIE = "device"
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
        request.COOKIES.get(COOKIE, ""),
        _method(request),
    )
    request.session[SIGN_IN_KEY], request.session[DEVICE_KEY] = noted.sign_in.pk, noted.sign_in.device_id
    request.META["mioboe.device_secret"] = noted.secret


def _method(request: HttpRequest) -> str:
    """How: "password", "passkey", "password+totp", …, in the order of the steps, as allauth has noted them; "" where it has not."""
    records = request.session.get("account_authentication_methods") or []
    steps = [str(record.get("type") if record.get("method") == "mfa" else record.get("method")) for record in records]
    return "+".join(dict.fromkeys(_KINDS.get(step, step) for step in steps))


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


@receiver([password_changed, password_reset], dispatch_uid="note_new_password")
def _note_password(sender: type[Person], user: Person, **kwargs: object) -> None:
    record("password.changed", [user.ref], user)
    announce(user.ref)


class RecogniseDevice:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = request.COOKIES.get(COOKIE, "")
        if cookie and len(cookie) <= LONGEST_COOKIE and isinstance(request.user, Person):
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
    elif seen.is_settled:
        request.session[SEEN_KEY] = [shown, now]
    request.META["mioboe.device_secret"] = seen.cookie
