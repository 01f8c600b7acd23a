"""Verbs of buying."""

from contextlib import suppress
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from mioboe.orders.actions.order_mail import write_order_mail
from mioboe.orders.actions.undoing import put_back
from mioboe.orders.models import (
    Access,
    HowBought,
    Kind,
    Line,
    OneClick,
    Order,
    OrderState,
    Parcel,
    Product,
)
from mioboe.payments import actions as payments
from mioboe.payments.gateways import Unsure
from mioboe.payments.models import Charge, ChargeState
from mioboe.people.models import Person
from mioboe.signins.models import SignIn
from mioboe.site.rows import insert
from mioboe.trail.actions import record

# An order that waits longer than this for its payment is looked at again: its buyer's request has died, or the payment was
# not heard of. Longer than a request may wait for the gateway.
LOOK_AGAIN_AFTER = timedelta(seconds=10)
# As many at a time; the next follow in the next round.
MOST_AT_A_TIME = 1000


class SoldOut(Exception):
    """There is none left."""


class OneClickOff(Exception):
    """The customer has not switched one click on, or it was blocked."""


def buy_with_one_click(person: Person, product: Product, press: str, sign_in: SignIn | None) -> Order:
    """Buys one piece with the customer's default card. The same `press` again (double tap, back, retried request) answers
    the order that is there. Raises SoldOut, OneClickOff. Where the gateway cannot be heard the order stays `placed` and a
    job finishes it."""
    order = place_order(person, product, press, sign_in)
    if order.state == OrderState.PLACED:
        # Where the gateway is not heard, a job asks again with the same key (see orders_left_over).
        with suppress(Unsure):
            finish_order(order)
    return order


def place_order(person: Person, product: Product, press: str, sign_in: SignIn | None) -> Order:
    """The order, the held stock and the charge to ask for, in one transaction; from then on a job sees it through where
    the caller does not."""
    try:
        return _place(person, product, press, sign_in)
    except (SoldOut, OneClickOff, IntegrityError) as refusal:
        # Asked only now, as hardly any press is sent twice.
        before = Order.objects.filter(press=press, customer=person).first()
        if before is not None:
            return before
        if isinstance(refusal, IntegrityError):
            raise Order.DoesNotExist from refusal
        raise


@transaction.atomic
def _place(person: Person, product: Product, press: str, sign_in: SignIn | None) -> Order:
    choice = OneClick.objects.select_related("card", "address").filter(person=person, is_on=True).first()
    if choice is None:
        raise OneClickOff
    order = insert(
        Order(
            customer=person,
            how=HowBought.ONE_CLICK,
            press=press,
            sign_in=sign_in,
            card=choice.card,
            address=choice.address if product.kind == Kind.PARCEL else None,
            total=product.price,
        )
    )
    line = Line(order=order, product=product, title_ja=product.title_ja, title_en=product.title_en, price=product.price)
    order.new_lines = [insert(line)]
    order.charge = payments.ask_charge(person, choice.card, product.price, order.ref, order.charge_key)
    record("order.placed", [order.ref, person.ref], person, number=order.number, how=order.how)
    _take_stock(product)
    return order


def _take_stock(product: Product) -> None:
    """Last before the commit, as others who want the same product wait from here on."""
    if product.stock is None:
        return
    shelf = Product.objects.filter(pk=product.pk, price=product.price.amount, stock__gte=1)
    if not shelf.update(stock=F("stock") - 1):
        raise SoldOut


def orders_left_over() -> list[int]:
    """The ids of the orders that wait for their payment longer than anybody should: a job is to see each through. Looked
    for, so that not every purchase writes (and a worker runs) a job for what hardly ever happens."""
    waiting = Order.objects.filter(state=OrderState.PLACED, placed_at__lt=timezone.now() - LOOK_AGAIN_AFTER)
    return list(waiting.order_by("placed_at").values_list("pk", flat=True)[:MOST_AT_A_TIME])


def finish_order(order: Order) -> None:
    """Asks for the money and confirms or declines the order. May be called any number of times. Raises Unsure."""
    charge = order.charge or Charge.objects.select_related("card", "person").get(key=order.charge_key)
    payments.carry_out_charge(charge, then=lambda charge: _go_on(order, charge))


def _go_on(order: Order, charge: Charge) -> None:
    """In the transaction that writes the gateway's answer down: one wait for the disk, and no moment in between."""
    if charge.state == ChargeState.CAPTURED:
        is_ours = _confirm(order)
    elif charge.state == ChargeState.DECLINED:
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
            insert(Access(line=line, person=order.customer))
    if any(line.product.kind == Kind.PARCEL for line in lines):
        insert(Parcel(order=order))
    record("order.confirmed", [order.ref, order.customer.ref], order.customer, number=order.number)
    write_order_mail(order, lines)
    return True


def _decline(order: Order) -> bool:
    """False where somebody was faster."""
    if not order.change(OrderState.PLACED, OrderState.DECLINED):
        return False
    put_back(order)
    record("order.declined", [order.ref, order.customer.ref], order.customer, number=order.number)
    return True


@transaction.atomic
def block_one_click(person: Person) -> bool:
    """Switches one click off. False where it was off."""
    blocked = OneClick.objects.filter(person=person, is_on=True).update(is_on=False)
    if blocked:
        record("one_click.blocked", [person.ref], person)
    return bool(blocked)
