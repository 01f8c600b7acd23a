"""What a buyer is shown before the press, and whether it still holds when the press arrives."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from moneyed import Money

from mioboe.orders.models import Destination, Kind, Product
from mioboe.orders.promises import Place, promise_for
from mioboe.orders.refusals import Change
from mioboe.people.models import Address

Window = tuple[datetime, datetime]
# product:pieces:price in the smallest unit:promised by, seconds since 1970, 0 for nothing promised
_SEEN = re.compile(r"(\d{1,18}):(\d{1,3}):(\d{1,14}):(\d{1,11})")


@dataclass(frozen=True)
class Offer:
    """So many pieces of a product, at a price each, by then."""

    product: Product
    quantity: int
    price: Money
    arrives: Window | None  # between these

    @property
    def amount(self) -> Money:
        return self.price * self.quantity

    @property
    def left(self) -> int | None:
        """How many there are, where that is too few."""
        stock = self.product.stock
        return stock if stock is not None and stock < self.quantity else None

    @property
    def seen(self) -> str:
        """What the page's form carries, so that the press says what the buyer saw."""
        until = int(self.arrives[1].timestamp()) if self.arrives else 0
        return f"{self.product.pk}:{self.quantity}:{int(self.price.amount)}:{until}"


def offer(product: Product, quantity: int, to: Destination | Address | Place | None, now: datetime) -> Offer:
    """What holds at `now` for somebody who would have it sent to `to`."""
    return Offer(product, quantity, product.price, promise_for(product, to, now).window)


@dataclass(frozen=True)
class Seen:
    quantity: int
    price: int
    until: int


def read_seen(texts: Iterable[str]) -> dict[int, Seen]:
    """What the form says that the buyer saw, by product; what nobody ever showed is left out."""
    found = (_SEEN.fullmatch(text) for text in texts)
    return {int(m[1]): Seen(int(m[2]), int(m[3]), int(m[4])) for m in found if m and m[0].isascii()}


def changes(offers: Iterable[Offer], seen: dict[int, Seen]) -> list[Change]:
    """What is otherwise than it was seen, and what cannot be had; none where all may be bought as seen."""
    found: list[Change] = []
    offers = list(offers)
    for one in offers:
        before = seen.get(one.product.pk)
        if before is None:
            found.append(Change(one.product, "new"))
        else:
            found += _changes_of(one, before)
        if one.left is not None:
            found.append(Change(one.product, "left", one.quantity, one.left))
    gone = set(seen) - {one.product.pk for one in offers}
    found += [Change(product, "gone") for product in Product.objects.filter(pk__in=gone)] if gone else []
    return found


def _changes_of(one: Offer, before: Seen) -> list[Change]:
    found: list[Change] = []
    if before.price != int(one.price.amount):
        found.append(Change(one.product, "price", Money(before.price, one.price.currency), one.price))
    if before.quantity != one.quantity:
        found.append(Change(one.product, "quantity", before.quantity, one.quantity))
    until = int(one.arrives[1].timestamp()) if one.arrives else 0
    if before.until != until and one.product.kind == Kind.PARCEL:
        then = datetime.fromtimestamp(before.until, UTC) if before.until else None
        found.append(Change(one.product, "promise", then, one.arrives[1] if one.arrives else None))
    return found
