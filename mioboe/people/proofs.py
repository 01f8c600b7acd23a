"""What somebody has proven on this session, when, and how long that proof has been set up.

allauth notes every step of signing in and of confirming again in the session; read here, so that nothing is asked twice.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode

from mioboe.people.models import MailAddressChange, MailChangeState, Person

# So long after it was asked for, a confirmation counts for what it was asked for.
FRESH_S = 300
# So long several proofs may lie apart to count together.
TOGETHER_S = 900


class ProofKind(StrEnum):
    PASSWORD = "password"
    MAILBOX = "mailbox"
    PASSKEY = "passkey"
    TOTP = "totp"


@dataclass(frozen=True)
class Proof:
    kind: ProofKind
    at: float  # seconds since 1970
    set_up_at: datetime

    @property
    def is_old_enough(self) -> bool:
        """Older than the trouble, as far as anybody can say: an intruder sets up his own just before."""
        return self.set_up_at <= timezone.now() - timedelta(days=settings.MIOBOE_PROOF_DAYS)


def is_fresh(request: HttpRequest) -> bool:
    """Whether whoever is signed in has confirmed again, a few minutes ago at most, that it is them. Signing in is no such
    confirmation."""
    return any(
        record.get("reauthenticated") and time.time() - record["at"] < FRESH_S
        for record in get_authentication_records(request, request.user)
    )


def is_proven_afresh(request: HttpRequest, person: Person) -> bool:
    """As `is_fresh`, by something that was set up long enough ago."""
    return any(
        Proof(kind, record["at"], set_up_at).is_old_enough
        for record in get_authentication_records(request, person)
        if record.get("reauthenticated") and time.time() - record["at"] < FRESH_S
        for kind, set_up_at in _read(record, person)
    )


def confirm_url(request: HttpRequest, going_on: str) -> str:
    """Where whoever is signed in confirms in the best way they have that it is them, to come back to `going_on`."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    return f"{ways[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: going_on})}"


def only_looks(request: HttpRequest) -> bool:
    """For `unless`: what is only read is not asked for."""
    return request.method in ("GET", "HEAD")


def fresh_proof_required(
    view: Callable[..., HttpResponse],
    *,
    unless: Callable[[HttpRequest], bool] | None = None,
    back: Callable[[HttpRequest], str] | None = None,
) -> Callable[..., HttpResponse]:
    """For views that change what keeps an account safe: they ask who it is once more (on a device that the account does not know, by
    more than the password), and come back to the page. `unless` answers True where there is nothing to ask: the view asks well enough itself,
    or is only looked at. `back` says where to come back to where that is another page than this."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not is_fresh(request) and not (unless and unless(request)):
            # Not allauth's way, which keeps what was sent in the session meanwhile: it may be a password.
            return redirect(confirm_url(request, back(request) if back else request.get_full_path()))
        return view(request, *args, **kwargs)

    return asking


def proofs_given(request: HttpRequest, person: Person) -> dict[ProofKind, Proof]:
    """The newest of each kind on this session, from signing in and from confirming again, within the last 15 minutes."""
    found: dict[ProofKind, Proof] = {}
    for record in get_authentication_records(request, person):
        if time.time() - record["at"] < TOGETHER_S:
            for kind, set_up_at in _read(record, person):
                found[kind] = Proof(kind, record["at"], set_up_at)
    return found


def _read(record: dict[str, Any], person: Person) -> Iterator[tuple[ProofKind, datetime]]:
    if record["method"] == "password":
        yield ProofKind.PASSWORD, person.password_set_at or person.joined_at
    elif record["method"] in ("code", "password_reset"):
        yield ProofKind.MAILBOX, mailbox_since(person)
    elif record["method"] == "mfa" and record.get("type") in (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP):
        used = Authenticator.objects.filter(pk=record.get("id"), user=person).first()
        if used:
            is_passkey = used.type == Authenticator.Type.WEBAUTHN
            yield ProofKind.PASSKEY if is_passkey else ProofKind.TOTP, used.created_at


def mailbox_since(person: Person) -> datetime:
    """Since when the person's mail address is theirs here."""
    last = MailAddressChange.objects.filter(person=person, state=MailChangeState.DONE).order_by("ended_at").last()
    return last.ended_at if last and last.ended_at else person.joined_at


def proofs_possible(person: Person) -> dict[ProofKind, bool]:
    """What the person could prove, and whether that was set up long enough ago."""
    ago = timezone.now() - timedelta(days=settings.MIOBOE_PROOF_DAYS)
    possible = {ProofKind.MAILBOX: mailbox_since(person) <= ago}
    if person.has_usable_password():
        possible[ProofKind.PASSWORD] = (person.password_set_at or person.joined_at) <= ago
    for kind, of_type in (
        (ProofKind.PASSKEY, Authenticator.Type.WEBAUTHN),
        (ProofKind.TOTP, Authenticator.Type.TOTP),
    ):
        first = Authenticator.objects.filter(user=person, type=of_type).order_by("created_at").first()
        if first:
            possible[kind] = first.created_at <= ago
    return possible
