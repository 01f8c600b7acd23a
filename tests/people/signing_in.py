"""Signing in through the real pages, for the tests of this room and the next."""

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client

from mioboe.mails.models import Mail
from mioboe.people.models import Person
from tests import world

HOME, ELSEWHERE = "133.14.192.1", "133.16.128.1"
SECRET = "JBSWY3DPEHPK3PXP"
CODE = re.compile(r"\b\d{4}-\d{4}\b")
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.1 Mobile/15E148 Safari/604.1"
)


def browser(ip: str = HOME, user_agent: str = "", **facts: Any) -> Client:
    headers = {"accept-language": "en", "x-forwarded-for": ip, "user-agent": user_agent}
    return Client(headers=headers, **facts)


def sign_in(client: Client, mail: str = "hana@customer.example", password: str = world.PASSWORD) -> HttpResponse:
    return client.post("/account/login/", {"login": mail, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/orders/").status_code == 200


def newest_code(mail: str = "hana@customer.example") -> str:
    text = Mail.objects.filter(to=mail).latest("pk").text
    found = CODE.search(text)
    assert found, text
    return found.group(0)


def newest_link(mail: str) -> str:
    text = Mail.objects.filter(to=mail).latest("pk").text
    return next(word for word in text.split() if "/account/" in word).partition("localhost:8000")[2]


def app_code(drift: int = 0, secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + drift))


def with_app(person: Person) -> Authenticator:
    return TOTP.activate(person, SECRET).instance


def with_recovery_codes(person: Person) -> list[str]:
    return RecoveryCodes.activate(person).get_unused_codes()


def confirm(client: Client, password: str = world.PASSWORD, going_on: str = "/account/2fa/") -> HttpResponse:
    return client.post(f"/account/reauthenticate/?next={going_on}", {"password": password, "next": going_on})
