"""Seeing an order through: the money is asked for, and the order confirmed or declined."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from mioboe.orders.actions.cart import drop_lines, give_lines_back
from mioboe.orders.actions.order_mail import write_order_mail
from mioboe.orders.actions.undoing import put_back
from mioboe.orders.models import Access, HowBought, Kind, Order, OrderState, Parcel
from mioboe.payments import actions as payments
from mioboe.payments.models import Charge, ChargeState
from mioboe.site.reads import read_often
from mioboe.site.rows import add
from mioboe.trail.actions import record

# An order that waits longer than this for its payment is looked at again: its buyer's request has died, or the payment was
# not heard of. Longer than a request may wait for the gateway.
LOOK_AGAIN_AFTER = timedelta(seconds=10)
# As many at a time; the next follow in the next round.
MOST_AT_A_TIME = 1000


def finish_order(order: Order) -> None:
    """Asks for the money (a film is paid at once, a parcel when it leaves) and confirms or declines the order. May be
    called any number of times. Raises Unsure."""
    charge = order.charge or Charge.objects.select_related("card", "person").get(key=order.charge_key)
    payments.carry_out_charge(charge, then=lambda charge: _go_on(order, charge))


def _go_on(order: Order, charge: Charge) -> None:
    """In the transaction that writes the gateway's answer down: one wait for the disk, and no moment in between."""
    if charge.state in (ChargeState.AUTHORISED, ChargeState.CAPTURED):
        is_ours = _confirm(order)
    elif charge.state in (ChargeState.DECLINED, ChargeState.LAPSED, ChargeState.VOIDED):
        is_ours = _decline(order)
    else:
        return
    if not is_ours:
        order.refresh_from_db()


def _confirm(order: Order) -> bool:
    """False where somebody was faster."""
    if not order.change(OrderState.PLACED, OrderState.CONFIRMED):
        return False
    lines = order.new_lines or list(order.lines.select_related("product"))
    for line in lines:
        if line.product.kind == Kind.FILM:
            add(Access(line=line, person=order.customer))
    if any(line.product.kind == Kind.PARCEL for line in lines):
        # The order may have been held while the payment was under way; its row is ours since the change above.
        now = _held(order.pk)
        add(Parcel(order=order, held_at=now.held_at if now else None))
    if order.how != HowBought.ONE_CLICK:
        drop_lines(order)
    record("order.confirmed", [order.ref, order.customer.ref], order.customer, number=order.number)
    write_order_mail(order, lines)
    return True


@read_often
def _held(order: int) -> QuerySet[Order]:
    return Order.objects.filter(pk=order).only("held_at")


def _decline(order: Order) -> bool:
    """False where somebody was faster."""
    if not order.change(OrderState.PLACED, OrderState.DECLINED):
        return False
    # Cart before products, as whoever checks out locks them.
    if order.how != HowBought.ONE_CLICK:
        give_lines_back(order)
    put_back(order)
    record("order.declined", [order.ref, order.customer.ref], order.customer, number=order.number)
    return True


def orders_left_over() -> list[int]:
    """The ids of the orders that wait for their payment longer than anybody should: a job is to see each through. Looked
    for, so that not every purchase writes (and a worker runs) a job for what hardly ever happens."""
    waiting = Order.objects.filter(state=OrderState.PLACED, placed_at__lt=timezone.now() - LOOK_AGAIN_AFTER)
    return list(waiting.order_by("placed_at").values_list("pk", flat=True)[:MOST_AT_A_TIME])
