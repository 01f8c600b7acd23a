"""What was bought in which sign-in's session, for whoever shows sign-ins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mioboe.orders.models import Order
from mioboe.people.models import Person
from mioboe.signins.actions.months import MONTHS_KEPT
from mioboe.signins.history import FILTERS, Key, Row, counts_by_place, page_of
from mioboe.signins.journeys import Journey, journeys_to
from mioboe.signins.models import SignIn
from mioboe.signins.tile_map import HEIGHT, SIDE, WIDTH, tiles


@dataclass(frozen=True)
class Told:
    """A row of the sign-in history with what was bought in it."""

    row: Row
    orders: list[Order] = field(default_factory=list)
    journey: Journey | None = None  # at the desk only


def bought_in(sign_ins: Iterable[SignIn]) -> dict[int, list[Order]]:
    """The orders of each sign-in's session, oldest first; one query."""
    found: dict[int, list[Order]] = {}
    for order in Order.objects.filter(sign_in__in=[one.pk for one in sign_ins]).order_by("placed_at", "pk"):
        if order.sign_in_id is not None:
            found.setdefault(order.sign_in_id, []).append(order)
    return found


def told(rows: list[Row], traveller: Person | None = None) -> list[Told]:
    """The rows with their orders; one query. For the agent, who names the `traveller`, with the way from each sign-in to the next, too:
    two more."""
    sign_ins = [row.sign_in for row in rows if row.sign_in]
    bought = bought_in(sign_ins)
    ways = journeys_to(traveller, sign_ins) if traveller else {}
    return [
        Told(row, bought.get(row.sign_in.pk, []), ways.get(row.sign_in.pk)) if row.sign_in else Told(row)
        for row in rows
    ]


def history_of(person: Person, asked: Mapping[str, str], at_desk: bool = False) -> dict[str, object]:
    """What the page of somebody's sign-ins shows, as the query string asks for it: a fixed number of queries."""
    which = asked.get("show", "")
    which = which if which in FILTERS else ""
    page = page_of(person, which, Key.read(asked.get("older", "")), Key.read(asked.get("newer", "")))
    counts = counts_by_place(person)
    return {
        "told": told(page.rows, person if at_desk else None),
        "page": page,
        "which": which,
        "filters": FILTERS.items(),
        "counts": counts,
        "tiles": tiles(counts),
        "map": {"width": WIDTH, "height": HEIGHT, "side": SIDE},
        "months": MONTHS_KEPT,
    }
