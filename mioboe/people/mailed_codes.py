"""A code into the mailbox of whoever is signed in, to show that it is theirs. It lives in the session that asked for it, as a
digest, and works there only: ten minutes, three tries."""

import secrets
import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from mioboe.people.models import Person

KEY = "mailed_code"
LIFE_S = 600
MOST_TRIES = 3
DIGITS = 8


def mail_code(request: HttpRequest, person: Person) -> None:
    """Sends a new one; an older one of this session ends."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    request.session[KEY] = {"digest": _digest(person, code), "at": time.time(), "tries": 0}
    get_adapter().send_mail("account/email/confirm_code", person.email, {"code": f"{code[:4]}-{code[4:]}"})


def code_is_out(request: HttpRequest) -> bool:
    """Whether there is a code that may still be typed in."""
    return _live(request) is not None


def check_code(request: HttpRequest, person: Person, typed: str) -> bool:
    """Whether that was the code; then it is used up. After three wrong ones it is, too."""
    sent = _live(request)
    if sent is None:
        return False
    digits = "".join(sign for sign in typed if sign.isdecimal())
    is_right = constant_time_compare(sent["digest"], _digest(person, digits))
    sent["tries"] += 1
    if is_right or sent["tries"] >= MOST_TRIES:
        del request.session[KEY]
    request.session.modified = True
    return is_right


def _live(request: HttpRequest) -> dict[str, Any] | None:
    sent = request.session.get(KEY)
    return sent if sent and time.time() - sent["at"] < LIFE_S else None


def _digest(person: Person, code: str) -> str:
    return salted_hmac(f"mailed code of {person.pk}", code, algorithm="sha256").hexdigest()
