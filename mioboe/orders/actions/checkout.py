"""Paying for a cart."""

from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from mioboe.orders.actions.asking import why_to_approve
from mioboe.orders.actions.buying import finish_order
from mioboe.orders.actions.cart import hold_lines
from mioboe.orders.actions.placing import Buyer, take_stock, write_order
from mioboe.orders.models import (
    PRESS_ENDINGS,
    ApprovalChoice,
    Cart,
    CartLine,
    Destination,
    HowBought,
    Kind,
    Order,
    OrderState,
)
from mioboe.orders.offers import Offer, changes, offer, read_seen
from mioboe.orders.refusals import EmptyCart, NoAddress, NotBought, OfferChanged, PressTaken
from mioboe.payments.gateways import Unsure
from mioboe.people.models import Address, Person


def offers_of(cart: Cart, to: Destination | Address | None, now: datetime) -> list[Offer]:
    """What paying for the cart would buy now."""
    return [offer(line.product, line.quantity, to, now) for line in _lines(cart)]


def _lines(cart: Cart) -> list[CartLine]:
    lines = cart.lines.filter(order=None, removed_at=None).select_related("product")
    return list(lines.order_by("put_in_at", "pk"))


def check_out(cart: Cart, buyer: Buyer, press: str, seen: list[str]) -> list[Order]:
    """Buys what is in the cart, if it is what the buyer saw (`Offer.seen` of each line): films and parcels are an order
    each, as films are paid for at once and parcels when they leave. One press buys once: sent again, it answers the same
    orders. Raises NotBought in its kinds. Where the customer has to approve them first, they are `waiting`; where the gateway cannot be heard an order stays `placed` and a job finishes it."""
    orders = _place(cart, buyer, press, seen)
    for order in orders:
        if order.state == OrderState.PLACED:
            with suppress(Unsure):
                finish_order(order)
            order.refresh_from_db()
    return orders


def orders_of(person: Person, press: str) -> list[Order]:
    """What the press has bought."""
    presses = [press + ending for ending in PRESS_ENDINGS.values()]
    return list(Order.objects.filter(press__in=presses, customer=person).order_by("pk"))


def _place(cart: Cart, buyer: Buyer, press: str, seen: list[str]) -> list[Order]:
    try:
        return _place_all(cart, buyer, press, seen)
    except (NotBought, IntegrityError) as refusal:
        before = orders_of(buyer.person, press)
        if before:
            return before
        if isinstance(refusal, IntegrityError):
            raise PressTaken from refusal
        raise


@transaction.atomic
def _place_all(cart: Cart, buyer: Buyer, press: str, seen: list[str]) -> list[Order]:
    # Locked: a second press, or a change in another tab, waits and then sees what is left.
    if not Cart.objects.filter(pk=cart.pk).update(changed_at=timezone.now()):
        raise EmptyCart
    lines = _lines(cart)
    if not lines:
        raise EmptyCart
    now = timezone.now()
    offers = {line: offer(line.product, line.quantity, buyer.destination, now) for line in lines}
    found = changes(offers.values(), read_seen(seen))
    if found:
        raise OfferChanged(found)
    why = None
    if buyer.how != HowBought.GUEST:
        chosen = ApprovalChoice.objects.filter(person=buyer.person).first()
        total = sum((one.amount for one in list(offers.values())[1:]), next(iter(offers.values())).amount)
        why = why_to_approve(chosen, total, buyer.sign_in)
    orders = []
    for kind in (Kind.FILM, Kind.PARCEL):
        these = [line for line in lines if line.product.kind == kind]
        if these:
            if kind == Kind.PARCEL and buyer.destination is None:
                raise NoAddress
            order = write_order(buyer, [offers[line] for line in these], press + PRESS_ENDINGS[kind], why)
            hold_lines(these, order)
            orders.append(order)
    take_stock(offers.values())
    return orders
