from django import template

from mioboe.orders import facts
from mioboe.orders.models import Line, Order, Parcel

register = template.Library()


@register.filter
def facts_of(order: Order) -> facts.OrderFacts:
    """`{% with facts=order|facts_of %}`: everything we know about an order."""
    return facts.OrderFacts(order)


@register.filter
def watched(line: Line) -> facts.Watched | None:
    return facts.watched(line)


@register.filter
def way_of(known: facts.OrderFacts, parcel: Parcel) -> list[facts.WayStep]:
    return known.way_of(parcel)


@register.filter
def address_whole(order: Order) -> str:
    """Where its parcels go, in one line."""
    return facts.OrderFacts(order).address_whole
