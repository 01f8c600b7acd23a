"""Buying with one press."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from mioboe.orders.actions.asking import why_to_approve
from mioboe.orders.actions.buying import finish_order
from mioboe.orders.actions.placing import Buyer, take_stock, write_order
from mioboe.orders.models import Destination, HowBought, Kind, OneClick, Order, OrderState, Product
from mioboe.orders.offers import Offer, changes, offer, read_seen
from mioboe.orders.refusals import (
    JustBought,
    NoAddress,
    NotBought,
    NotSure,
    OfferChanged,
    OneClickOff,
    PressTaken,
    SoldOut,
)
from mioboe.payments.gateways import Unsure
from mioboe.people.models import Person
from mioboe.signins.models import SignIn
from mioboe.site.reads import read_often
from mioboe.trail.actions import record

# Within this time a second press for the same product is asked about: it is more often a slip than a wish.
ASK_AGAIN_WITHIN = timedelta(minutes=5)


def buy_with_one_click(
    person: Person,
    product: Product,
    press: str,
    sign_in: SignIn | None,
    seen: str | None = None,
    knows: str | None = None,
    is_sure: bool = True,
) -> Order:
    """Buys one piece with the customer's default card, to the default address. The same `press` again (double tap, back,
    retried request) answers the order that is there. `seen` is what the page showed (`Offer.seen`), `knows` the number of
    the order of the same product that the customer was asked about, "" for none; without them nothing is asked. `is_sure`: the
    button was held, or it was confirmed otherwise. Raises NotBought in its kinds. Where the customer has to approve it first, the order is `waiting`; where the gateway cannot be heard it stays `placed` and a job finishes it."""
    order = place_order(person, product, press, sign_in, seen, knows, is_sure)
    if order.state == OrderState.PLACED:
        # Where the gateway is not heard, a job asks again with the same key (see orders_left_over).
        with suppress(Unsure):
            finish_order(order)
    return order


def place_order(
    person: Person,
    product: Product,
    press: str,
    sign_in: SignIn | None,
    seen: str | None = None,
    knows: str | None = None,
    is_sure: bool = True,
) -> Order:
    """The order, the held stock and the charge to ask for, in one transaction; from then on a job sees it through where
    the caller does not."""
    try:
        return _place(person, product, press, sign_in, seen, knows, is_sure)
    except (NotBought, IntegrityError) as refusal:
        # Asked only now, as hardly any press is sent twice.
        before = Order.objects.filter(press=press, customer=person).first()
        if before is not None:
            return before
        if isinstance(refusal, IntegrityError):
            raise PressTaken from refusal
        raise


@transaction.atomic
def _place(
    person: Person,
    product: Product,
    press: str,
    sign_in: SignIn | None,
    seen: str | None,
    knows: str | None,
    is_sure: bool,
) -> Order:
    choice = _locked_choice(person)
    if choice.hold_to_buy and not is_sure:
        raise NotSure
    current = _product(product.pk)
    if current is None:
        raise Product.DoesNotExist
    if current.kind == Kind.PARCEL and choice.address is None:
        raise NoAddress
    destination = Destination.of(choice.address) if choice.address else None
    wanted = offer(current, 1, destination, timezone.now())
    _must_be_as_seen(wanted, seen)
    if knows is not None:
        _ask_again(person, current, press, knows)
    buyer = Buyer(person, HowBought.ONE_CLICK, choice.card, destination, choice.address, sign_in)
    chosen = getattr(choice.person, "approval_choice", None)
    order = write_order(buyer, [wanted], press, why_to_approve(chosen, wanted.amount, sign_in))
    take_stock([wanted])
    return order


def _locked_choice(person: Person) -> OneClick:
    """Locked, so that two presses of one customer come one after the other, and none comes after one click was blocked."""
    choice = _choice(person.pk)
    if choice is None:
        raise OneClickOff
    return choice


@read_often
def _choice(person: int) -> QuerySet[OneClick]:
    locked = OneClick.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("card", "address", "person__approval_choice").filter(
        person=person, is_on=True, card__removed_at=None
    )


@read_often
def _product(number: int) -> QuerySet[Product]:
    return Product.objects.filter(pk=number)


def _must_be_as_seen(wanted: Offer, seen: str | None) -> None:
    if wanted.left is not None:
        raise SoldOut
    if seen is not None:
        found = changes([wanted], read_seen([seen]))
        if found:
            raise OfferChanged(found)


def _ask_again(person: Person, product: Product, press: str, knows: str) -> None:
    latest = _bought_since(person.pk, timezone.now() - ASK_AGAIN_WITHIN, product.pk, press)
    if latest is not None and latest.number != knows:
        raise JustBought(latest)


@read_often
def _bought_since(person: int, since: datetime, product: int, press: str) -> QuerySet[Order]:
    """The latest order of the same product by one click, but the one of this press."""
    theirs = Order.objects.filter(customer=person, placed_at__gte=since, how=HowBought.ONE_CLICK)
    alive = theirs.filter(
        state__in=(OrderState.WAITING, OrderState.PLACED, OrderState.CONFIRMED), lines__product=product
    )
    return alive.exclude(press=press).order_by("-placed_at", "-pk")[:1]


@transaction.atomic
def block_one_click(person: Person) -> bool:
    """Switches one click off. False where it was off."""
    blocked = OneClick.objects.filter(person=person, is_on=True).update(is_on=False)
    if blocked:
        record("one_click.blocked", [person.ref], person)
    return bool(blocked)
