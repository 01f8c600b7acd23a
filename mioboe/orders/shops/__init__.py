"""The port to the shop where the orders are, and how to get the one in force.

Numbers are the shop's own order numbers, as people see them; line ids are the shop's, too. A shop knows nothing of cases:
what it is asked comes with a key, and that is all it needs to do it once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from moneyed import Money

from mioboe.payments.gateways import Unsure
from mioboe.people.models import Person

MOST_FOUND = 50

__all__ = ["MOST_FOUND", "Answer", "NotGenuine", "Shop", "ShopLine", "ShopOrder", "ShopState", "Unsure", "shop"]


class NotGenuine(Exception):
    """A notice that the shop did not send."""


class ShopState(StrEnum):
    """What every shop's order comes down to."""

    OPEN = "open"  # ordered; not paid, or nobody knows yet
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"  # all of it


class Answer(StrEnum):
    """What a shop answers to a request. It is the state of things after the call, so the same request again, with the same
    key, has the same answer."""

    DONE = "done"  # it is so now, by this call or an earlier one
    TOO_LATE = "too_late"  # it cannot be so any more: it has left the house, or the order never came about
    UNKNOWN = "unknown"  # the shop has no such order, line or parcel


@dataclass(frozen=True)
class ShopLine:
    id: str
    title_ja: str
    title_en: str
    price: Money  # of one piece
    quantity: int
    cancelled: int  # pieces
    is_digital: bool
    can_be_used: bool  # a digital good whose right is not withdrawn


@dataclass(frozen=True)
class ShopOrder:
    number: str
    placed_at: datetime
    state: ShopState
    total: Money
    lines: tuple[ShopLine, ...]
    parcels: Mapping[
        str, str
    ]  # the parcel's id: waiting, packed, handed_over, delivered, stopped, called_back, returned
    can_be_cancelled: bool  # all that is left of it, by the shop, now; watched or not


class Shop(Protocol):
    """What every shop does. Each verb may be called any number of times with one key and answers the same. All raise
    Unsure where the shop was not heard within MIOBOE_OUTSIDE_LIMIT_S: it may or may not have happened; ask again with the
    same key, never with another. None is called inside a database transaction, and none moves money: what is to go back
    is the payments room's business, with the gateway that took it."""

    def orders_of(self, customer: Person, most: int = MOST_FOUND) -> list[ShopOrder]:
        """The customer's orders of every kind and state, newest first, at most MOST_FOUND."""

    def find(self, number: str) -> ShopOrder | None:
        """The order of that number; None where the shop has none."""

    def cancel(self, number: str, key: str) -> Answer:
        """Cancels all that is left of an order, stops its parcels and puts the stock back. Digital goods stay usable: see
        `revoke_access`. TOO_LATE changes nothing."""

    def cancel_lines(self, number: str, pieces: Mapping[str, int], key: str) -> Answer:
        """Cancels so many pieces of each line (by id), all of them or none. More than are left of a line is TOO_LATE, a
        line that is not the order's UNKNOWN. A second key cancels as many again."""

    def stop_parcel(self, number: str, parcel: str, key: str) -> Answer:
        """Keeps a parcel from leaving, or has it called back from the carrier where it has left: DONE says that it was
        asked for, `find` how it went."""

    def hold(self, number: str, held_for: str, key: str) -> Answer:
        """Keeps what was not sent yet in the house, until `release`; `held_for` is shown to whoever packs. TOO_LATE where nothing of it
        is here."""

    def release(self, number: str, key: str) -> Answer:
        """Lets a held order go its way again. DONE, too, where it was not held."""

    def revoke_access(self, number: str, key: str, lines: Collection[str] | None = None) -> Answer:
        """Withdraws every right to the order's digital goods, watched or not, or those of these lines (by id) alone. DONE,
        too, where there are none; a line that is not the order's is UNKNOWN and changes nothing."""

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> tuple[str, ...]:
        """A shop tells of changes by a notice (a webhook): the numbers of the orders that it is about, none where it is
        none of ours. What has changed is then read with `find`, as notices come late, twice and in any order. Raises
        NotGenuine where it is not signed by the shop."""


def shop() -> Shop:
    """The shop that MIOBOE_SHOP names."""
    return cast(Shop, import_module(f"mioboe.orders.shops.{settings.MIOBOE_SHOP}"))
