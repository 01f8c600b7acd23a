"""Writing orders down: what one click and the cart have in common. Everything here runs in the caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from mioboe.orders.actions.asking import ask_approval
from mioboe.orders.models import Destination, HowBought, Kind, Line, Order, OrderState, Product, Why
from mioboe.orders.offers import Offer
from mioboe.orders.refusals import Change, OfferChanged, SoldOut
from mioboe.payments import actions as payments
from mioboe.payments.models import Card
from mioboe.people.models import Address, Person
from mioboe.signins.models import SignIn
from mioboe.site.rows import add, insert, together
from mioboe.trail.actions import record


@dataclass(frozen=True)
class Buyer:
    """Who buys, how, and with what. `address` is the saved one that `destination` was taken from, if it was."""

    person: Person
    how: HowBought
    card: Card
    destination: Destination | None = None
    address: Address | None = None
    sign_in: SignIn | None = None


def write_order(buyer: Buyer, offers: list[Offer], press: str, why: Why | None = None) -> Order:
    """The order and the charge to ask for, or, where there is a reason why its customer has to approve it, what to ask; see `buying.orders_left_over` for who sees it through. Raises IntegrityError where the press has bought
    before. The caller takes the stock, as the last thing that it does."""
    total = sum((one.amount for one in offers[1:]), offers[0].amount)
    has_parcels = any(one.product.kind == Kind.PARCEL for one in offers)
    arrives = max((one.arrives for one in offers if one.arrives), key=lambda window: window[1], default=(None, None))
    order = insert(
        Order(
            customer=buyer.person,
            how=buyer.how,
            state=OrderState.WAITING if why else OrderState.PLACED,
            press=press,
            sign_in=buyer.sign_in,
            card=buyer.card,
            address=buyer.address if has_parcels else None,
            promised_from=arrives[0],
            promised_by=arrives[1],
            total=total,
            **(buyer.destination.as_columns() if buyer.destination and has_parcels else {}),
        )
    )
    order.new_lines = [
        Line(
            order=order,
            product=one.product,
            title_ja=one.product.title_ja,
            title_en=one.product.title_en,
            price=one.price,
            quantity=one.quantity,
            tax_percent=one.product.tax_percent,
        )
        for one in offers
    ]
    with together():
        for line in order.new_lines:
            add(line)
        record("order.placed", [order.ref, buyer.person.ref], buyer.person, number=order.number, how=order.how)
        if why:
            ask_approval(order, order.new_lines, why)
        else:
            order.charge = payments.ask_charge(
                buyer.person, buyer.card, total, order.ref, order.charge_key, capture_now=not has_parcels
            )
    return order


def take_stock(offers: Iterable[Offer]) -> None:
    """Takes the pieces off the shelf at the price of the offer. Raises SoldOut or OfferChanged, and the transaction takes
    everything back. Called last before the commit, as others who want the same product wait from here on; everybody takes
    products in the order of their ids, so that no two wait for each other."""
    for one in sorted(offers, key=lambda one: one.product.pk):
        if one.product.stock is None:
            continue
        if not _take(one):
            _say_why_not(one)


def _take(one: Offer) -> bool:
    # Written out, as it is a press's last wait with the row that others want locked.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_product SET stock = stock - %s WHERE id = %s AND price = %s AND stock >= %s",
            [one.quantity, one.product.pk, one.price.amount, one.quantity],
        )
        return bool(cursor.rowcount)


def _say_why_not(one: Offer) -> None:
    now = Product.objects.get(pk=one.product.pk)
    if now.price != one.price:
        raise OfferChanged([Change(now, "price", one.price, now.price)])
    raise SoldOut
