"""The order history: everything ever ordered, digital or not, in one list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mioboe.orders.facts import undoable_lines
from mioboe.orders.history import PAGE_SIZES, STATES, Key, Wanted, every_order, page_of, top_of, years_of
from mioboe.orders.models import Kind, Line, Order, OrderState, ParcelState
from mioboe.orders.models.searching import LONGEST_SOUGHT
from mioboe.payments.models import Charge
from mioboe.people.models import Person
from mioboe.site.csv_lines import BYTE_ORDER_MARK, csv_file, csv_lines
from mioboe.site.ids import spoken
from mioboe.site.templatetags.site_tags import money

_TONES = {
    OrderState.WAITING: "warning",
    OrderState.REFUSED: "quiet",
    OrderState.LAPSED: "quiet",
    OrderState.CONFIRMED: "success",
    OrderState.PLACED: "warning",
    OrderState.DECLINED: "danger",
    OrderState.CANCELLED: "quiet",
}


@dataclass(frozen=True)
class Row:
    """An order as the list shows it."""

    order: Order
    first: Line
    title: str
    badge: str | Promise
    tone: str
    note: str
    can_be_undone: bool


@require_safe
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    wanted = wanted_from(request.GET)
    top = _number(request.GET.get("top", ""))
    older = top_of(top) if top else Key.read(request.GET.get("older", ""))
    size = _number(request.GET.get("size", "")) or PAGE_SIZES[0]
    page = page_of(request.user, wanted, older, Key.read(request.GET.get("newer", "")), size)
    context = {
        "rows": _rows(page.orders),
        "page": page,
        "wanted": wanted,
        "kinds": Kind.choices,
        "states": STATES.items(),
        "years": years_of(request.user),
        "top": top,
        "longest": LONGEST_SOUGHT,
    }
    return render(request, "shopfront/orders.html", context)


def wanted_from(query: QueryDict) -> Wanted:
    """What a query string asks for; what makes no sense asks for nothing."""
    kind, state = query.get("kind", ""), query.get("state", "")
    return Wanted(
        text=query.get("q", "").replace("\0", "").strip()[:LONGEST_SOUGHT],
        kind=kind if kind in Kind.values else "",
        state=state if state in STATES else "",
        year=_number(query.get("year", "")),
        undoable=query.get("undoable") == "1",
    )


def _number(text: str) -> int | None:
    """A year or a size; None where it is neither."""
    is_one = text.isascii() and text.isdigit() and len(text) <= 4
    return int(text) or None if is_one and int(text) < 9999 else None


def _rows(found: list[Order]) -> list[Row]:
    charges = {charge.key: charge for charge in Charge.objects.filter(key__in=[each.charge_key for each in found])}
    return [_row(order, charges.get(order.charge_key)) for order in found]


def _row(order: Order, charge: Charge | None) -> Row:
    lines = sorted(order.lines.all(), key=lambda line: line.pk)
    badge, tone = _badge(order, lines)
    return Row(
        order=order,
        first=lines[0],
        title=_title(lines),
        badge=badge,
        tone=tone,
        note=_note(charge),
        can_be_undone=bool(undoable_lines(order)),
    )


def _title(lines: list[Line]) -> str:
    others = len(lines) - 1
    if not others:
        return lines[0].title
    words = ngettext("%(title)s and %(count)s more item", "%(title)s and %(count)s more items", others)
    return words % {"title": lines[0].title, "count": others}


def _badge(order: Order, lines: list[Line]) -> tuple[str, str]:
    """The one state that matters most, and its colour."""
    if order.state != OrderState.CONFIRMED:
        return order.get_state_display(), _TONES[OrderState(order.state)]
    if any(line.cancelled for line in lines):
        return _("cancelled in part"), "info"
    for parcel in order.parcels.all():
        went_well = parcel.state == ParcelState.DELIVERED
        return parcel.get_state_display(), "success" if went_well else "info"
    return order.get_state_display(), "success"


def _note(charge: Charge | None) -> str:
    went_back = charge.refunded + charge.released if charge else None
    return _("Given back: %(amount)s") % {"amount": money(went_back)} if went_back else ""


# --- the same as a file ----------------------------------------------------------------------------------------------


@require_safe
@login_required
def orders_csv(request: HttpRequest) -> HttpResponseBase:
    """One's own orders, as filtered, a line for each item; UTF-8."""
    assert isinstance(request.user, Person)
    lines = _csv_lines(request.user, wanted_from(request.GET), get_language() or "ja", timezone.get_current_timezone())
    return csv_file("orders.csv", lines)


def _csv_lines(customer: Person, wanted: Wanted, language: str, zone: tzinfo) -> Iterator[str]:
    """Sent piece by piece, long after the request's own language and clock are gone."""
    with translation.override(language):
        heads = (
            _("Order number"),
            _("When"),
            _("State"),
            _("Item"),
            _("Kind"),
            _("Pieces"),
            _("Cancelled pieces"),
            _("Price of one"),
            _("Order total"),
            _("How"),
            _("Card"),
        )
    yield BYTE_ORDER_MARK + csv_lines([heads])
    for order in every_order(customer, wanted):
        with translation.override(language):
            text = csv_lines([_cells(order, line, zone) for line in order.lines.all()])
        yield text


def _cells(order: Order, line: Line, zone: tzinfo) -> tuple[object, ...]:
    return (
        spoken(order.number),
        order.placed_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        order.get_state_display(),
        line.title,
        line.get_kind_display(),
        line.quantity,
        line.cancelled,
        int(line.price.amount),
        int(order.total.amount),
        order.get_how_display(),
        f"{order.card.brand} {order.card.last4}",
    )
