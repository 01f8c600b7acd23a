"""A passkey's yes to one thing, an order say: asked for that alone, with a finger, a face or a PIN, and good once. It signs nobody in
and confirms nothing else."""

import json
import time
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import get_server
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from fido2.webauthn import AttestedCredentialData, AuthenticationResponse, UserVerificationRequirement

from mioboe.people.models import Person

# How long the person may take to find the finger, seconds.
ASKED_LIFE_S = 300
# Things that one session may be asked about at a time, each in a tab of its own.
MOST_ASKED = 10
LONGEST_ANSWER = 20_000
SESSION_KEY = "passkey_asked"
# What fido2 raises for JSON of another shape, beside ValueError for what is wrong in it.
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


class NotTheirPasskey(Exception):
    """What was sent is no answer of such a passkey to what was asked, or it had been sent before."""


def has_passkey(person: Person) -> bool:
    """Whether there is one that may say yes. One added a moment ago may not: whoever is in there would add his own first."""
    return _passkeys(person).exists()


def ask_passkey(request: HttpRequest, person: Person, about: str) -> dict[str, Any]:
    """What the browser has to ask the authenticator, so that its owner says yes to `about`. Asked again, the earlier question ends."""
    question, state = get_server().authenticate_begin(
        [_key(one) for one in _passkeys(person)], user_verification=UserVerificationRequirement.REQUIRED
    )
    asked = {name: held for name, held in request.session.get(SESSION_KEY, {}).items() if name != about}
    kept = list(asked.items())[-MOST_ASKED + 1 :]
    request.session[SESSION_KEY] = dict(kept) | {about: {"state": state, "at": time.time(), "person": person.pk}}
    return dict(question)


def check_passkey(request: HttpRequest, person: Person, about: str, answer: str) -> Authenticator:
    """The passkey that said yes to `about`; the question is used up, whatever was answered. Raises NotTheirPasskey."""
    asked = request.session.get(SESSION_KEY, {})
    held = asked.pop(about, None)
    request.session[SESSION_KEY] = asked
    if held is None or held["person"] != person.pk or time.time() - held["at"] > ASKED_LIFE_S:
        raise NotTheirPasskey
    if len(answer) > LONGEST_ANSWER:
        raise NotTheirPasskey
    keys = {bytes(_key(one).credential_id): one for one in _passkeys(person)}
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        said = get_server().authenticate_complete(held["state"], [_key(one) for one in keys.values()], response)
        used = keys[bytes(said.credential_id)]
    except _MALFORMED as error:
        raise NotTheirPasskey from error
    used.record_usage()
    return used


def _passkeys(person: Person) -> QuerySet[Authenticator]:
    """Older than the trouble, as far as anybody can say."""
    ago = timezone.now() - timedelta(days=settings.MIOBOE_PROOF_DAYS)
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN, created_at__lte=ago)


def _key(passkey: Authenticator) -> AttestedCredentialData:
    kept = passkey.wrap().authenticator_data.credential_data
    assert isinstance(kept, AttestedCredentialData)
    return kept
