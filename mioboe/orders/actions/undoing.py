"""Verbs that undo what was bought."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from mioboe.orders.models import (
    Access,
    AccessState,
    Order,
    OrderState,
    ParcelState,
    Product,
)
from mioboe.site.live import announce
from mioboe.site.states import change_all
from mioboe.trail.actions import record


@transaction.atomic
def cancel_order(order: Order) -> bool:
    """Cancels a confirmed order: stops its parcels and puts the stock back. True where it is cancelled now, by this call
    or an earlier one; may be called twice."""
    if not order.change(OrderState.CONFIRMED, OrderState.CANCELLED):
        return Order.objects.filter(pk=order.pk, state=OrderState.CANCELLED).exists()
    change_all(order.parcels.all(), ParcelState.WAITING, ParcelState.STOPPED)
    put_back(order)
    record("order.cancelled", [order.ref, order.customer.ref], order.customer, number=order.number)
    return True


@transaction.atomic
def revoke_access(order: Order) -> int:
    """Withdraws the right to what was bought digitally. Answers how many rights ended; a second call ends none."""
    rights = Access.objects.filter(line__order=order)
    ended = change_all(rights, AccessState.GRANTED, AccessState.REVOKED, revoked_at=timezone.now())
    if ended:
        record("access.revoked", [order.ref, order.customer.ref], order.customer, number=order.number)
        announce(order.ref, access=AccessState.REVOKED)  # a page that plays stops at once
    return ended


def put_back(order: Order) -> None:
    """Puts the stock that an order held back on the shelf; in the caller's transaction, once an order."""
    for line in order.lines.all():
        Product.objects.filter(pk=line.product_id, stock__isnull=False).update(stock=F("stock") + line.quantity)
