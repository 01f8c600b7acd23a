"""At the door: notes each sign-in and keeps the device's secret in its cookie."""

from collections.abc import Callable

from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from mioboe.people.models import Person
from mioboe.signins.actions import note_attempt, note_sign_in
from mioboe.site.live import announce
from mioboe.trail.actions import record

COOKIE = "device"
COOKIE_AGE_S = 2 * 365 * 24 * 3600
LONGEST_SECRET = 64
LONGEST_MAIL = 254


@receiver(user_logged_in, dispatch_uid="note_sign_in")
def _note(sender: type[Person], request: HttpRequest, user: Person, **kwargs: object) -> None:
    secret = request.COOKIES.get(COOKIE, "")
    if len(secret) > LONGEST_SECRET:
        secret = ""
    noted = note_sign_in(
        user,
        request.META.get("REMOTE_ADDR"),
        request.headers.get("User-Agent", ""),
        request.session.session_key or "",
        secret,
        _method(request),
    )
    request.META["mioboe.device_secret"] = noted.secret


def _method(request: HttpRequest) -> str:
    """How: "password", "mfa", "code", …, as allauth has noted it; "" where it has not."""
    records = request.session.get("account_authentication_methods") or [{}]
    return str(records[-1].get("method", ""))


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
