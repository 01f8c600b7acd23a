"""Shop `own`: the small shop that comes along. It is never unsure, as its orders are in our own database; and it sends no
notices, as whoever changes an order here tells of it in the same transaction."""

from collections.abc import Mapping

from django.db.models import QuerySet

from mioboe.orders import actions
from mioboe.orders.models import STILL_HERE, AccessState, Line, Order, OrderState, Parcel, ParcelState
from mioboe.orders.shops import MOST_FOUND, Answer, NotGenuine, ShopLine, ShopOrder, ShopState
from mioboe.people.models import Person
from mioboe.site.ids import heard

LONGEST_KEY = 40
_STATES = {
    OrderState.WAITING: ShopState.OPEN,
    OrderState.REFUSED: ShopState.CANCELLED,
    OrderState.LAPSED: ShopState.CANCELLED,
    OrderState.PLACED: ShopState.OPEN,
    OrderState.CONFIRMED: ShopState.CONFIRMED,
    OrderState.DECLINED: ShopState.DECLINED,
    OrderState.CANCELLED: ShopState.CANCELLED,
}


def orders_of(customer: Person, most: int = MOST_FOUND) -> list[ShopOrder]:
    """See `Shop.orders_of`."""
    newest = Order.objects.filter(customer=customer).order_by("-placed_at", "-id")
    return [_told(order) for order in _whole(newest)[: min(most, MOST_FOUND)]]


def find(number: str) -> ShopOrder | None:
    """See `Shop.find`."""
    order = _whole(Order.objects.filter(number=heard(number))).first()
    return _told(order) if order else None


def cancel(number: str, key: str) -> Answer:
    """See `Shop.cancel`."""
    order = _order(number)
    if order is None:
        return Answer.UNKNOWN
    return Answer.DONE if actions.cancel_order(order) else Answer.TOO_LATE


def cancel_lines(number: str, pieces: Mapping[str, int], key: str) -> Answer:
    """See `Shop.cancel_lines`."""
    order = _order(number)
    if order is None:
        return Answer.UNKNOWN
    wanted = {
        int(line): count for line, count in pieces.items() if line.isascii() and line.isdigit() and len(line) < 19
    }
    own = set(order.lines.filter(pk__in=wanted).values_list("pk", flat=True))
    if not wanted or len(wanted) != len(pieces) or own != set(wanted):
        return Answer.UNKNOWN
    try:
        actions.cancel_lines(order, wanted, key[:LONGEST_KEY], gives_back=False)
    except (actions.TooLate, actions.NotThatMany):
        return Answer.TOO_LATE
    return Answer.DONE


def stop_parcel(number: str, parcel: str, key: str) -> Answer:
    """See `Shop.stop_parcel`."""
    order = _order(number)
    if order is None or not (parcel.isascii() and parcel.isdigit()):
        return Answer.UNKNOWN
    found = Parcel.objects.select_related("order__customer").filter(order=order, pk=int(parcel)).first()
    if found is None:
        return Answer.UNKNOWN
    is_kept = actions.stop_parcel(found, gives_back=False) or actions.call_back(found)
    return Answer.DONE if is_kept else Answer.TOO_LATE


def revoke_access(number: str, key: str) -> Answer:
    """See `Shop.revoke_access`."""
    order = _order(number)
    if order is None:
        return Answer.UNKNOWN
    actions.revoke_access(order)
    return Answer.DONE


def read_notice(body: bytes, headers: Mapping[str, str]) -> tuple[str, ...]:
    """See `Shop.read_notice`. This shop sends none, so whatever comes is not genuine."""
    raise NotGenuine


def _order(number: str) -> Order | None:
    return Order.objects.select_related("customer").filter(number=heard(number)).first()


def _whole(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.prefetch_related("lines__access", "parcels")


def _told(order: Order) -> ShopOrder:
    parcels = list(order.parcels.all())
    all_here = all(parcel.state in (*STILL_HERE, ParcelState.STOPPED) for parcel in parcels)
    return ShopOrder(
        number=order.number,
        placed_at=order.placed_at,
        state=_STATES[OrderState(order.state)],
        total=order.total,
        lines=tuple(_line(line) for line in sorted(order.lines.all(), key=lambda line: line.pk)),
        parcels={str(parcel.pk): parcel.state for parcel in parcels},
        can_be_cancelled=order.state == OrderState.WAITING or (order.state == OrderState.CONFIRMED and all_here),
    )


def _line(line: Line) -> ShopLine:
    access = getattr(line, "access", None)
    return ShopLine(
        id=str(line.pk),
        title_ja=line.title_ja,
        title_en=line.title_en,
        price=line.price,
        quantity=line.quantity,
        cancelled=line.cancelled,
        is_digital=line.is_film,
        can_be_used=access is not None and access.state == AccessState.GRANTED,
    )
