"""Why nothing was bought. Whoever hears one of these can say: nothing was ordered, nothing was charged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from moneyed import Money

from mioboe.orders.models import Order, Product


class NotBought(Exception):
    """Nothing was bought."""


class SoldOut(NotBought):
    """There is none left, or not as many as were wanted."""


class OneClickOff(NotBought):
    """The customer has not switched one click on, or it was blocked."""


class NotSure(NotBought):
    """The customer chose to hold the button, and did not."""


class NoAddress(NotBought):
    """A parcel needs an address."""


class PressTaken(NotBought):
    """Somebody else's order has this press."""


class EmptyCart(NotBought):
    """There is nothing in the cart."""


class TooManyWaiting(NotBought):
    """So many orders wait for the customer's approval already that no more stock is held for them."""


class JustBought(NotBought):
    """The same product was bought by one click a moment ago, by another press."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


@dataclass(frozen=True)
class Change:
    """What is otherwise than the buyer was shown. `left` and `quantity` are pieces."""

    product: Product
    what: Literal["price", "promise", "left", "quantity", "new", "gone"]
    was: Money | datetime | int | None = None
    now: Money | datetime | int | None = None


class OfferChanged(NotBought):
    """Price, stock, promise or cart changed since the page was shown."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__([change.what for change in changes])
        self.changes = changes
