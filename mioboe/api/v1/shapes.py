"""What is sent and answered about sign-ins, with the bounds of each field."""

import enum
from datetime import datetime, timedelta
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Header, Schema
from pydantic import AfterValidator, AwareDatetime, Field, IPvAnyAddress, StringConstraints

# Sign-ins are kept for six months.
OLDEST = timedelta(days=183)
# Two machines' clocks may differ by so much.
CLOCKS_DIFFER = timedelta(minutes=5)
MOST_AT_ONCE = 1_000
NO_NUL = "^[^\\x00]*$"  # PostgreSQL keeps no text with one


def _plain(address: IPvAnyAddress) -> IPvAnyAddress:
    if "%" in str(address):
        raise ValueError("an address without a zone")
    return address


def _within_memory(at: datetime) -> datetime:
    if not timezone.now() - OLDEST <= at <= timezone.now() + CLOCKS_DIFFER:
        raise ValueError("within the last 183 days")
    return at


def Text(most: int, least: int = 0) -> StringConstraints:
    return StringConstraints(min_length=least, max_length=most, pattern=NO_NUL)


IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class Outcome(enum.StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"


class Report(Schema):
    account: Annotated[str, Text(200, 1)] = Field(
        description="Your own id of the customer; not the mail address", examples=["customer-17"]
    )
    outcome: Outcome = Field(
        Outcome.SUCCESS, description="Failures are kept for the account's history and never learned from"
    )
    ip: Annotated[IPvAnyAddress, AfterValidator(_plain)] | None = Field(
        None, description="The customer's, not your proxy's", examples=["203.0.113.7"]
    )
    user_agent: Annotated[str, Text(2000)] = Field("", description="The browser's User-Agent; 400 characters are kept")
    at: Annotated[AwareDatetime, AfterValidator(_within_memory)] | None = Field(
        None, description="With its time zone; now, where it is left out"
    )
    method: Annotated[str, Text(20)] = Field("", description="How: password, passkey, code, …", examples=["password"])
    device_secret: Annotated[str, Text(400)] | None = Field(
        None,
        description="What we answered for this browser last time (keep it in a cookie, HttpOnly and Secure); empty for a browser that has none "
        "yet. Left out: you keep none, and devices are told by what they show alone",
    )
    session: Annotated[str, Text(200)] = Field(
        "", description="Your own reference of the session; only a digest is kept"
    )


class Batch(Schema):
    reports: list[Report] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Verdict(enum.StrEnum):
    FAMILIAR = "familiar"
    UNFAMILIAR = "unfamiliar"
    VERY_UNFAMILIAR = "very_unfamiliar"


class Step(enum.StrEnum):
    NOTHING = "nothing"
    TELL_CUSTOMER = "tell_customer"  # a mail: "was this you?"
    SECOND_STEP = "second_step"  # before the sign-in counts
    END_SESSIONS = "end_sessions"


class DeviceShown(Schema):
    name: str = Field(examples=["Chrome (Windows)"])
    is_known: bool = Field(description="Its secret speaks for it")
    secret: str | None = Field(
        description="For the browser's cookie; it may change at each sign-in. Empty: what you have stays good. Null where you keep none"
    )


class PlaceShown(Schema):
    country: str = Field(description="ISO 3166-1 alpha-2; empty where unknown", examples=["JP"])
    prefecture: str = Field(description="Of Japan, in Latin letters; empty where unknown", examples=["Osaka"])
    words: str = Field(examples=["Osaka"])


class Weighed(Schema):
    """A successful sign-in and what we make of it."""

    id: int = Field(description="To say later what the customer answered")
    account: str
    verdict: Verdict
    score: float | None = Field(
        description="By which power of ten somebody else is likelier than the owner; null where it was decided without"
    )
    network: Literal["address", "operator", "country", "nothing"] | None = Field(
        description="What the account has used before: this address, this network operator, this country, none of them"
    )
    browser: Literal["string", "version", "browser", "system", "type", "nothing"] | None = Field(
        description="What the account has used before: this very browser, but for its version, this kind of browser, this system, this kind of device"
    )
    reasons: list[str] = Field(description="Codes of what decided", examples=[["network.country", "device.string"]])
    words: str = Field(description="The reasons in the language asked for (Accept-Language: ja or en)")
    suggested_step: Step
    device: DeviceShown
    place: PlaceShown


class Noted(Schema):
    """One report's outcome; `sign_in` is null for a failed one."""

    outcome: Outcome
    sign_in: Weighed | None


class NotedBatch(Schema):
    reports: list[Noted] = Field(description="In the order in which they were sent")


class Said(Schema):
    is_mine: bool = Field(description="“This was me”: true; “this was not me”: false")


class Heard(Schema):
    id: int
    is_mine: bool
    suggested_step: Step
