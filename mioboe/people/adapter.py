import zoneinfo
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import has_verified_email
from allauth.core import context as in_request
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from mioboe.people.account_mails import MAILS
from mioboe.people.guesses import Guess, begin_guess
from mioboe.people.models import Person
from mioboe.site.context import shop_name
from mioboe.site.ids import new_id, spoken
from mioboe.site.language import is_japanese

LONGEST_USER_AGENT = 400


class AccountAdapter(DefaultAccountAdapter):
    """Where allauth meets this house: its mails are written by a job, in our look and the person's language; guesses are counted so
    that nobody locks out anybody else; and it reads the client's address that `site.client_address` has found."""

    error_messages: dict[str, Any] = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That code is not right, or too old."),
        "too_many_login_attempts": gettext_lazy("Too many wrong codes. Please begin again."),
        "rate_limited": gettext_lazy("A code was sent a moment ago. Please wait a little."),
    }

    # --- what the rooms above know better (signins.adapter) ------------------------------------------------------------------

    def known_device(self, request: HttpRequest, account: str) -> str:
        """Which of the known devices of this mail address's account the request comes from; "" for none, or no account. Takes the same
        work whether there is such an account or not."""
        return ""

    def is_password_enough(self, request: HttpRequest) -> bool:
        """Whether the password alone confirms whoever is signed in, or could as well be an intruder's."""
        return True

    def facts_in_words(self, facts: dict[str, Any]) -> list[tuple[str, str]]:
        """What a mail tells of the device and place from which something was done, as labels and values."""
        return []

    # --- mails ---------------------------------------------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Has a job write the mail. Whether the address has an account makes no difference here: looked up, and a job put into the
        queue, either way, so that the time taken tells nothing."""
        person = Person.objects.filter(email__iexact=email).first()
        facts = {
            name: context[key]
            for name, key in (("code", "code"), ("url", "password_reset_url"))
            if isinstance(context.get(key), str)
        }
        facts |= _from_where(in_request.request) | {"at": timezone.now().isoformat()}
        app.configure_task("people.write_account_mail").defer(
            kind=template_prefix,
            person_id=person.pk if person else None,
            language=get_language() or "ja",
            facts=facts,
        )

    def write_mail(self, kind: str, to: str, language: str, zone: str = "", **facts: Any) -> None:
        """Writes the mail `kind` of `account_mails` into the ledger; it commits with the caller's transaction and is sent by a job.
        `facts` may hold code, url, new, due_at (ISO 8601), and ip, user_agent, at of what was done. Called twice, it is two
        mails."""
        words, number = MAILS[kind], new_id()
        with translation.override(language), timezone.override(_zone(zone)):
            about = {"new": facts.get("new", ""), "due": _moment(facts.get("due_at"))}
            rows = [(_("When"), _moment(facts["at"]))] if "at" in facts else []
            sheet = {
                "subject": str(words.subject),
                "lead": str(words.lead).format(**about),
                "label": words.label,
                "after": words.after,
                "code": facts.get("code", ""),
                "url": facts.get("url", ""),
                "rows": rows + self.facts_in_words(facts) if "at" in facts else [],
                "language": language,
                "shop_name": shop_name(),
                "mail_number": spoken(number),
                "help_url": f"{settings.MIOBOE_BASE_URL}/help/contact/?order=none&about=account",
            }
            message = EmailMultiAlternatives(
                sheet["subject"],
                render_to_string("account/email/sheet.txt", sheet).strip() + "\n",
                to=[to],
                headers={"X-Mail-Number": number},
            )
            message.attach_alternative(render_to_string("account/email/sheet.html", sheet), "text/html")
            message.send()

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.MIOBOE_BASE_URL + path.replace("UID-KEY", key)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Somebody makes an account where there is one: takes as long as making one would, which is mostly the password's hash."""
        make_password("as long as a real one")
        url = f"{settings.MIOBOE_BASE_URL}{reverse('account_reset_password')}"
        self.send_mail("account/email/account_already_exists", email, {"password_reset_url": url})

    # --- who they are --------------------------------------------------------------------------------------------------------

    def new_user(self, request: HttpRequest) -> Person:
        language = (get_language() or "ja").split("-")[0]
        return Person(language=language)

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META["REMOTE_ADDR"])

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts a guess at a password before it is looked at. Raises TooMany."""
        account = str(credentials.get("email") or "")
        self._guess: Guess | None = begin_guess(request, account, self.known_device(request, account))

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth's word for: the guess was right."""
        if self._guess:
            self._guess.was_right()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own count, which is not used."""

    def get_reauthentication_methods(self, user: Person | AnonymousUser) -> list[dict[str, Any]]:
        """How somebody who is signed in may confirm that it is them, the best first. A code by mail is for those who have nothing
        better: who has set up a second factor is not to be had for a mailbox."""
        if not isinstance(user, Person):
            return []
        types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        methods: list[dict[str, Any]] = []
        if Authenticator.Type.WEBAUTHN in types:
            methods.append(_method("mfa_reauthenticate:webauthn", _("Use a passkey"), "mfa_reauthenticate_webauthn"))
        if Authenticator.Type.TOTP in types or Authenticator.Type.RECOVERY_CODES in types:
            methods.append(_method("mfa_reauthenticate", _("Use a code from the app"), "mfa_reauthenticate"))
        if user.has_usable_password() and self.is_password_enough(self.request):
            # First for those without a passkey: an app's code is more to do.
            at = 1 if Authenticator.Type.WEBAUTHN in types else 0
            methods.insert(at, _method("reauthenticate", _("Use the password"), "account_reauthenticate"))
        if not methods:
            methods.append(_method("reauthenticate_by_code", _("Use a code by mail"), "reauthenticate_by_code"))
        return methods


def is_unconfirmed(person: Person) -> bool:
    """Made an account here and has not shown yet that the mail address is theirs. Accounts that came otherwise have no row of
    allauth's, and are as good as the shop that brought them."""
    return EmailAddress.objects.filter(user=person).exists() and not has_verified_email(person, person.email)


def _from_where(request: HttpRequest | None) -> dict[str, str]:
    if request is None:
        return {}
    return {
        "ip": str(request.META.get("REMOTE_ADDR", "")),
        "user_agent": request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT].replace("\0", ""),
    }


def _method(id: str, words: str, urlname: str) -> dict[str, Any]:
    return {"id": id, "description": words, "url": reverse(urlname)}


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


def _moment(iso: str | None) -> str:
    if not iso:
        return ""
    form = "Y年n月j日 H:i" if is_japanese() else "j M Y, H:i"
    return date_format(timezone.localtime(datetime.fromisoformat(iso)), form)
