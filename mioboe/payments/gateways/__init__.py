"""The port to whoever moves the money, and how to get the one in force."""

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Literal, Protocol, cast

from django.conf import settings
from moneyed import Money


class Unsure(Exception):
    """The gateway did not answer in time, or its answer was lost: it may or may not have happened. Ask again with the
    same key; never with another."""


class Declined(Exception):
    """The gateway says no, for good; the text says why."""


@dataclass(frozen=True)
class Payment:
    """How a payment stands at the gateway."""

    gateway_ref: str
    state: Literal["authorised", "captured", "ended"]
    captured: Money


@dataclass(frozen=True)
class Repayment:
    """How a refund stands at the gateway. `pending` is accepted and under way."""

    gateway_ref: str
    state: Literal["pending", "settled", "failed"]
    problem: str = ""


@dataclass(frozen=True)
class CardFacts:
    """A card that the gateway keeps for us. `person_ref` is who it was asked for."""

    token: str
    brand: str
    last4: str
    expires: str  # MM/YYYY
    person_ref: str


@dataclass(frozen=True)
class Chargeback:
    """How a dispute stands at the gateway."""

    gateway_ref: str
    payment_ref: str
    amount: Money
    reason: str
    due_at: datetime | None
    state: Literal["open", "won", "lost"]


class Gateway(Protocol):
    """What every gateway does. Each verb may be called any number of times with one key and gives the same answer; with
    the same key and other facts it raises Declined. Gateways forget keys (Stripe after a day): whoever asks again asks the
    `find_…` first. None is ever called inside a database transaction. All raise Unsure where they are not heard within
    MIOBOE_OUTSIDE_LIMIT_S."""

    def authorise(self, key: str, token: str, amount: Money, reference: str, capture_now: bool) -> Payment:
        """Reserves `amount` on the card behind `token`, and takes it at once where `capture_now`. Raises Declined."""

    def find_payment(self, key: str, token: str) -> Payment | None:
        """The payment that was made with this key, however long ago."""

    def capture(self, key: str, gateway_ref: str, amount: Money) -> None:
        """Takes `amount` of what is reserved, once, and releases the rest. Raises Declined: expired, voided."""

    def void(self, key: str, gateway_ref: str) -> None:
        """Releases all of what is reserved. One that has expired is released. Raises Declined: it was taken."""

    def refund(self, key: str, gateway_ref: str, amount: Money, reference: str) -> Repayment:
        """Gives `amount` of a payment back, never more than was taken of it. Raises Declined."""

    def find_refund(self, key: str, gateway_ref: str) -> Repayment | None:
        """The refund of the payment `gateway_ref` that was made with this key, however long ago."""

    def begin_card(self, person_ref: str, return_url: str) -> str:
        """The address of the gateway's own page where a person enters a card. The browser comes back to `return_url` with
        `?card=…`, what `finish_card` is to be asked for; without it where the person gave up."""

    def finish_card(self, ref: str) -> CardFacts:
        """The card that was entered. May be called any number of times. Raises Declined where there is none."""


def gateway() -> Gateway:
    """The gateway that MIOBOE_GATEWAY names."""
    return cast(Gateway, import_module(f"mioboe.payments.gateways.{settings.MIOBOE_GATEWAY}.gateway"))
