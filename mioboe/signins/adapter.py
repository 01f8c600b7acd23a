"""What this room adds to signing in: which devices are known, and that a very unfamiliar sign-in does not count before a second
step."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mioboe.people.adapter import AccountAdapter
from mioboe.people.guesses import may_mail_code
from mioboe.people.models import Person
from mioboe.signins.actions import current_sign_in
from mioboe.signins.actions.device_secrets import LONGEST_COOKIE
from mioboe.signins.actions.devices import is_known
from mioboe.signins.actions.foreseeing import device_at_hand, needs_second_step
from mioboe.signins.browsers import browser_of
from mioboe.signins.places import place_of, place_words

COOKIE = "device"


class SigninsAdapter(AccountAdapter):
    def known_device(self, request: HttpRequest, account: str) -> str:
        person = Person.objects.filter(email__iexact=account.replace("\0", "")).first()
        device, speaks = device_at_hand(person, device_secret(request))
        return str(device.pk) if device and speaks and is_known(device) else ""

    def is_password_enough(self, request: HttpRequest) -> bool:
        """On a device that the account does not know, whoever is signed in may have found the password out."""
        sign_in = current_sign_in(request.session)
        if sign_in is None or sign_in.is_familiar:
            return True
        return sign_in.device is not None and is_known(sign_in.device)

    def facts_in_words(self, facts: dict[str, Any]) -> list[tuple[str, str]]:
        read = browser_of(facts.get("user_agent", ""))
        place = place_of(facts["ip"]) if facts.get("ip") else None
        rows = []
        if read.browser or read.system:
            named = " / ".join(part for part in (read.browser, read.system) if part)
            rows.append((_("Device"), named))
        if place and place.country:
            rows.append((_("About where"), place_words(place.country, place.prefecture)))
        return rows

    def get_login_stages(self) -> list[str]:
        """allauth's, with ours in the place of the one that asks for the mail address to be confirmed."""
        ours = {"allauth.account.stages.EmailVerificationStage": "mioboe.people.stages.ConfirmNewAccount"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def is_login_by_code_required(self, login: Login) -> bool:
        """The second step of a very unfamiliar sign-in is a code by mail, for those who have nothing better: who has a passkey or an
        app is asked for that anyway, and who has come by mail or by passkey has shown more than a password. Raises TooMany where the mailbox
        was sent too many of them: whoever has the password must not flood it, nor have tries without end."""
        if login.user is None or login.signup:
            return False
        methods = {record["method"] for record in get_authentication_records(self.request, login.user)}
        if methods - {"password"}:
            return False
        if Authenticator.objects.filter(
            user=login.user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exists():
            return False
        request = context.request
        needed = needs_second_step(
            login.user, request.META.get("REMOTE_ADDR"), request.headers.get("User-Agent", ""), device_secret(request)
        )
        if needed:
            may_mail_code(request, login.user.email)
        return needed


def device_secret(request: HttpRequest) -> str:
    """What the browser shows for its devices: of several accounts, where a family shares it."""
    secret = request.COOKIES.get(COOKIE, "")
    return secret if len(secret) <= LONGEST_COOKIE else ""
