"""The port to whoever moves the money, and how to get the one in force."""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from moneyed import Money


class Unsure(Exception):
    """The gateway did not answer in time, or its answer was lost: it may or may not have happened. Ask again with the
    same key; never with another."""


class Declined(Exception):
    """The gateway says no, for good; the text says why."""


@dataclass(frozen=True)
class Answer:
    gateway_ref: str
    settled: bool


class Gateway(Protocol):
    """What every gateway does. Both verbs may be called any number of times with one key and give the same answer; with
    the same key and another amount they raise Declined. Neither is ever called inside a database transaction."""

    def capture(self, key: str, token: str, amount: Money, reference: str) -> Answer:
        """Takes `amount` from the card behind `token`. Raises Declined or Unsure."""

    def refund(self, key: str, gateway_ref: str, amount: Money) -> Answer:
        """Gives `amount` of the capture `gateway_ref` back, never more than was taken. Raises Declined or Unsure."""


def gateway() -> Gateway:
    """The gateway that MIOBOE_GATEWAY names."""
    return cast(Gateway, import_module(f"mioboe.payments.gateways.{settings.MIOBOE_GATEWAY}.gateway"))
