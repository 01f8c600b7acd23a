"""Seeing an order through: from the payment to what is bought."""

from django.db import transaction

from mioboe.orders.actions.cart import drop_lines, give_lines_back
from mioboe.orders.actions.order_mail import write_order_mail
from mioboe.orders.actions.undoing import put_back
from mioboe.orders.models import (
    Access,
    HowBought,
    Kind,
    Order,
    OrderState,
    Parcel,
)
from mioboe.payments import actions as payments
from mioboe.payments.models import Charge, ChargeState
from mioboe.trail.actions import record


def finish_order(order: Order) -> None:
    """Asks for the money (a film is paid at once, a parcel when it leaves) and confirms or declines the order. May be called any number of times. Raises Unsure."""
    charge = payments.carry_out_charge(Charge.objects.select_related("card", "person").get(key=order.charge_key))
    if charge.state in (ChargeState.AUTHORISED, ChargeState.CAPTURED):
        _confirm(order)
    elif charge.state in (ChargeState.DECLINED, ChargeState.LAPSED, ChargeState.VOIDED):
        _decline(order)


@transaction.atomic
def _confirm(order: Order) -> None:
    if not order.change(OrderState.PLACED, OrderState.CONFIRMED):
        return
    lines = list(order.lines.select_related("product"))
    for line in lines:
        if line.product.kind == Kind.FILM:
            Access.objects.create(line=line, person=order.customer)
    if any(line.product.kind == Kind.PARCEL for line in lines):
        # The order may have been held while the payment was under way; its row is ours since the change above.
        held_at = Order.objects.values_list("held_at", flat=True).get(pk=order.pk)
        Parcel.objects.create(order=order, held_at=held_at)
    if order.how != HowBought.ONE_CLICK:
        drop_lines(order)
    record("order.confirmed", [order.ref, order.customer.ref], order.customer, number=order.number)
    write_order_mail(order)


@transaction.atomic
def _decline(order: Order) -> None:
    if order.change(OrderState.PLACED, OrderState.DECLINED):
        # Cart before products, as whoever checks out locks them.
        if order.how != HowBought.ONE_CLICK:
            give_lines_back(order)
        put_back(order)
        record("order.declined", [order.ref, order.customer.ref], order.customer, number=order.number)
