"""A customer's order history: everything ever ordered, searched, filtered and paged.

A page is found in two steps: first the keys (placed_at, id) from an index of this customer's rows alone, in the order of
the list, so that it stops as soon as the page is full; then the orders of these keys with all that a page shows. Both are
a fixed number of queries, however many orders there are."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.orders.models import Access, AccessState, Line, Order, OrderState, Parcel, ParcelState, unwatched
from mioboe.orders.models.searching import searchable
from mioboe.payments.models import Charge
from mioboe.people.models import Person
from mioboe.site.ids import ALPHABET, LENGTH, heard

PAGE_SIZES = (10, 20, 50)
# Fewer characters of an order number than this are taken for words.
SHORTEST_NUMBER = 4
LARGEST_AMOUNT = 10**12
STATES = {
    "coming": _("still to come"),
    "cancelled": _("cancelled, wholly or in part"),
    "returned": _("sent back"),
    "refunded": _("money given back"),
    "declined": _("payment declined"),
    "placed": _("waiting for the payment"),
    "waiting": _("waiting for your approval"),
    "refused": _("not approved"),
}
_TO_COME = (ParcelState.WAITING, ParcelState.PACKED, ParcelState.HANDED_OVER)
_SENT_BACK = (ParcelState.CALLED_BACK, ParcelState.RETURNED)
_AMOUNT = re.compile(r"[¥￥\\]?\s*(\d{1,3}(?:,\d{3})+|\d+)\s*(?:円|yen|jpy)?")
# Dashes of all lengths, and the long-vowel sign that a Japanese keyboard gives in their place.
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー_"), "-")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Key:
    """Where an order stands in the list."""

    placed_at: datetime
    pk: int

    @property
    def text(self) -> str:
        return f"{(self.placed_at - _EPOCH) // timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The key that `text` stands for; None where it is none."""
        match = re.fullmatch(r"(\d{1,17})-(\d{1,18})", text, re.ASCII)
        if match is None:
            return None
        try:
            return cls(_EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
        except OverflowError:
            return None


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Empty fields ask for nothing."""

    text: str = ""
    kind: str = ""
    state: str = ""
    year: int | None = None
    undoable: bool = False

    @property
    def is_everything(self) -> bool:
        return self == Wanted()


@dataclass(frozen=True)
class Page:
    orders: list[Order]
    newer: Key | None  # there is something above it
    older: Key | None


def page_of(
    customer: Person,
    wanted: Wanted,
    older_than: Key | None = None,
    newer_than: Key | None = None,
    size: int = PAGE_SIZES[0],
) -> Page:
    """A page of the history, newest first: the newest, those that follow `older_than`, or those just above `newer_than`.
    New orders do not move it. Near the top a page reached upwards is filled up from the top."""
    if size not in PAGE_SIZES:
        size = PAGE_SIZES[0]
    if newer_than is not None:
        keys = _keys(customer, wanted, size + 1, newer_than=newer_than)
        if len(keys) > size:
            keys = list(reversed(keys[:size]))
            return Page(_orders(customer, keys), newer=keys[0], older=keys[-1])
        older_than = None
    keys = _keys(customer, wanted, size + 1, older_than=older_than)
    has_more, keys = len(keys) > size, keys[:size]
    newer = (keys[0] if keys else older_than) if older_than is not None else None
    return Page(_orders(customer, keys), newer=newer, older=keys[-1] if has_more else None)


def every_order(customer: Person, wanted: Wanted) -> Iterator[Order]:
    """All that are wanted, newest first, some at a time."""
    last: Key | None = None
    while True:
        page = page_of(customer, wanted, older_than=last, size=PAGE_SIZES[-1])
        yield from page.orders
        if page.older is None:
            return
        last = page.older


def years_of(customer: Person) -> list[int]:
    """The years from the customer's first order to the newest, newest first, on the viewer's clock."""
    ends = Order.objects.filter(customer=customer).aggregate(first=Min("placed_at"), last=Max("placed_at"))
    if ends["first"] is None:
        return []
    first, last = timezone.localtime(ends["first"]).year, timezone.localtime(ends["last"]).year
    return list(range(last, first - 1, -1))


def top_of(year: int) -> Key:
    """Just above the newest order of a year, on the viewer's clock."""
    return Key(_begin_of(year + 1), 0)


def _begin_of(year: int) -> datetime:
    return timezone.make_aware(datetime(year, 1, 1))


# --- the keys ------------------------------------------------------------------------------------------------------


def _keys(
    customer: Person, wanted: Wanted, most: int, older_than: Key | None = None, newer_than: Key | None = None
) -> list[Key]:
    """At most `most` keys: from the top or from `older_than` downwards, or from `newer_than` upwards."""
    routes: list[QuerySet[Any]] = []
    for rows, order in _routes(customer, wanted):
        if older_than is not None:
            rows = rows.filter(placed_at__lte=older_than.placed_at).filter(
                Q(placed_at__lt=older_than.placed_at) | Q(**{f"{order}__lt": older_than.pk})
            )
        if newer_than is not None:
            rows = rows.filter(placed_at__gte=newer_than.placed_at).filter(
                Q(placed_at__gt=newer_than.placed_at) | Q(**{f"{order}__gt": newer_than.pk})
            )
        sign = "" if newer_than is not None else "-"
        rows = rows.order_by(f"{sign}placed_at", f"{sign}{order}").values_list("placed_at", order)
        if order != "pk":
            rows = rows.distinct()  # several lines of one order
        routes.append(rows[:most])
    found = {Key(*row) for row in routes[0].union(*routes[1:])} if len(routes) > 1 else {Key(*row) for row in routes[0]}
    ordered = sorted(found, key=lambda key: (key.placed_at, key.pk), reverse=newer_than is None)
    return ordered[:most]


def _routes(customer: Person, wanted: Wanted) -> list[tuple[QuerySet[Any], str]]:
    """The ways to the orders that are wanted, each with the name of the order's id in its rows: through the lines where
    their words, price, kind or cancellation are asked for, else through the orders."""
    orders = _narrowed(Order.objects.filter(customer=customer), "pk", customer, wanted)
    lines = _narrowed(Line.objects.filter(customer=customer), "order_id", customer, wanted)
    asks_lines = False
    if wanted.kind:
        lines, asks_lines = lines.filter(kind=wanted.kind), True
    if wanted.state == "cancelled":
        lines, asks_lines = lines.filter(cancelled__gt=0), True
    if not wanted.text:
        return [(lines, "order_id")] if asks_lines else [(orders, "pk")]
    amount, number = amount_in(wanted.text), number_in(wanted.text)
    in_line = Q(*(Q(words__contains=word) for word in searchable(wanted.text).split()))
    # One route for each question: each is answered from an index alone, which an "or" of them is not.
    if asks_lines:
        orders = orders.filter(Exists(lines.filter(order=OuterRef("pk"))))
    routes: list[tuple[QuerySet[Any], str]] = []
    if amount is not None:
        in_line |= Q(price=amount)
        routes.append((orders.filter(total=amount), "pk"))
    if number:
        routes.append((orders.filter(number__startswith=number), "pk"))
    return [(lines.filter(in_line), "order_id"), *routes]


def _narrowed(rows: QuerySet[Any], order: str, customer: Person, wanted: Wanted) -> QuerySet[Any]:
    """The rows of a route within the year, the state and what could be undone."""
    if wanted.year is not None:
        rows = rows.filter(placed_at__gte=_begin_of(wanted.year), placed_at__lt=_begin_of(wanted.year + 1))
    if wanted.state == OrderState.REFUSED:
        unapproved = (OrderState.REFUSED, OrderState.LAPSED)
        rows = rows.filter(**{"state__in" if order == "pk" else "order__state__in": unapproved})
    elif wanted.state in (OrderState.DECLINED, OrderState.PLACED, OrderState.WAITING):
        rows = rows.filter(**{"state" if order == "pk" else "order__state": wanted.state})
    elif wanted.state == "refunded":
        rows = rows.filter(**{f"{order}__in": _refunded(customer)})
    elif wanted.state == "coming":
        rows = rows.filter(**{f"{order}__in": _with_parcel(customer, *_TO_COME)})
    elif wanted.state == "returned":
        rows = rows.filter(**{f"{order}__in": _with_parcel(customer, *_SENT_BACK)})
    if wanted.undoable:
        in_time = Q(**{f"{order}__in": _unwatched(customer)})
        rows = rows.filter(in_time | Q(**{f"{order}__in": _with_parcel(customer, ParcelState.WAITING)}))
    return rows


def _refunded(customer: Person) -> QuerySet[Any]:
    went_back = Q(refunded__gt=0) | Q(released__gt=0)
    charges = Charge.objects.filter(went_back, person=customer, reference__startswith="order:")
    numbers = charges.values(order_number=Substr("reference", len("order:") + 1))
    return Order.objects.filter(number__in=numbers).values("pk")


def _with_parcel(customer: Person, *states: ParcelState) -> QuerySet[Any]:
    return Parcel.objects.filter(customer=customer, state__in=states).values("order_id")


def _unwatched(customer: Person) -> QuerySet[Any]:
    rights = Access.objects.filter(person=customer, state=AccessState.GRANTED, line__cancelled__lt=F("line__quantity"))
    return rights.filter(unwatched()).values("line__order_id")


def amount_in(text: str) -> int | None:
    """The yen that somebody typed: ￥1,600, 1600円, １６００; None where it is no amount."""
    match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if match is None:
        return None
    amount = int(match[1].replace(",", ""))
    return amount if 0 < amount < LARGEST_AMOUNT else None


def number_in(text: str) -> str:
    """The order number, or its beginning, however it was typed; empty where it is none."""
    number = heard(unicodedata.normalize("NFKC", text).translate(_DASHES))
    is_one = SHORTEST_NUMBER <= len(number) <= LENGTH and set(number) <= set(ALPHABET)
    return number if is_one else ""


# --- the orders ----------------------------------------------------------------------------------------------------


def _orders(customer: Person, keys: list[Key]) -> list[Order]:
    found = shown(Order.objects.filter(customer=customer, pk__in=[key.pk for key in keys]))
    return sorted(found, key=lambda order: (order.placed_at, order.pk), reverse=True)


def shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with all that a list of them shows, in a fixed number of queries."""
    return orders.select_related("card", "sign_in__device").prefetch_related(
        "lines__product", "lines__access", "parcels"
    )
