"""Holding orders: what was not sent yet stays here until somebody knows whether the customer ordered it."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mioboe.orders.actions.approving import refuse_order
from mioboe.orders.models import STILL_HERE, Kind, Line, Order, OrderState, Parcel
from mioboe.site.live import announce
from mioboe.trail.actions import record


def that_can_be_held(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Of these the ones with something to send that is still here, or whose parcel is not even made, and those that wait for the
    customer's approval; held ones included."""
    things = Line.objects.filter(order=OuterRef("pk"), kind=Kind.PARCEL)
    here = Parcel.objects.filter(order=OuterRef("pk"), state__in=STILL_HERE)
    unsent = Q(state=OrderState.PLACED) & Exists(things) | Q(state=OrderState.CONFIRMED) & Exists(here)
    return orders.filter(unsent | Q(state=OrderState.WAITING))


@transaction.atomic
def hold_order(order: Order, held_for: str) -> bool:
    """Keeps the order's parcels from being packed and from leaving; one that is still to be made is born held. `held_for` is the
    reference of what it waits for. One that waits for approval is refused instead: nothing of it was paid, and nobody can approve it
    any more. True where it is held or refused now, by this call or an earlier one; false where nothing of it is here."""
    locked = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if locked.state == OrderState.WAITING:
        return refuse_order(locked)
    if not that_can_be_held(Order.objects.filter(pk=order.pk)).exists():
        return False
    now = timezone.now()
    here = Parcel.objects.filter(order=order, state__in=STILL_HERE)
    here.filter(held_at=None).update(held_at=now)
    if locked.state == OrderState.CONFIRMED and not here.exists():  # handed over a moment ago
        return False
    if locked.held_at is None:
        Order.objects.filter(pk=order.pk).update(held_at=now, held_for=held_for)
        _tell("order.held", order)
    return True


@transaction.atomic
def release_order(order: Order) -> bool:
    """Lets a held order go its way again. False where it was not held."""
    released = Order.objects.filter(pk=order.pk, held_at__isnull=False).update(held_at=None, held_for="")
    if released:
        Parcel.objects.filter(order=order).update(held_at=None)
        _tell("order.released", order)
    return bool(released)


def _tell(verb: str, order: Order) -> None:
    record(verb, [order.ref, order.customer.ref], order.customer, number=order.number)
    announce(order.ref)
