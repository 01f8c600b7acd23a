"""Paying for the cart: address, card, what it is and the press, on one page."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mioboe.orders.actions import (
    Buyer,
    EmptyCart,
    NoAddress,
    OfferChanged,
    PressTaken,
    SoldOut,
    TooMany,
    TooManyWaiting,
    add_address,
    offers_of,
)
from mioboe.orders.actions import check_out as buy_cart
from mioboe.orders.models import Cart, Destination, HowBought, Kind, Order, OrderState
from mioboe.orders.refusals import Change
from mioboe.payments.models import Card
from mioboe.people.models import Address, Person
from mioboe.shopfront import guests
from mioboe.shopfront.carts import find_cart, has_parcels
from mioboe.shopfront.forms import AddressForm, GuestForm, usable_cards
from mioboe.shopfront.views.buying import press_of
from mioboe.shopfront.views.guests import told_before
from mioboe.signins.actions import current_sign_in
from mioboe.site.ids import heard


@dataclass
class Terms:
    """What the page shows and the press would buy with."""

    person: Person | None = None
    how: HowBought = HowBought.CART
    cards: list[Card] = field(default_factory=list)
    card: Card | None = None
    addresses: list[Address] = field(default_factory=list)
    address: Address | None = None
    destination: Destination | None = None
    form: AddressForm | None = None
    guest: guests.Guest | None = None
    problems: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_out(request: HttpRequest) -> HttpResponse:
    cart = find_cart(request)
    if cart is None:
        return redirect("shopfront:cart")
    if isinstance(request.user, Person):
        terms = _of_customer(request, request.user)
    else:
        terms = _of_guest(request, cart)
    if request.method == "POST":
        return _pay(request, cart, terms)
    return _page(request, cart, terms, 200)


def _of_customer(request: HttpRequest, person: Person) -> Terms:
    """The chosen card and address; before something is chosen those of one click, else the first."""
    terms = Terms(person, cards=usable_cards(person), addresses=list(person.addresses.order_by("pk")))
    choice = getattr(person, "one_click", None)
    told = request.POST if request.method == "POST" else {}
    card = told.get("card", str(choice.card_id) if choice else "")
    terms.card = next((one for one in terms.cards if str(one.pk) == card), terms.cards[0] if terms.cards else None)
    address = told.get("address", str(choice.address_id) if choice else "")
    terms.address = next((one for one in terms.addresses if str(one.pk) == address), None)
    if address == "new" or not terms.addresses:
        terms.form = AddressForm(request.POST if told else None)
    elif terms.address is None:
        terms.address = terms.addresses[0]
    terms.destination = Destination.of(terms.address) if terms.address else None
    return terms


def _of_guest(request: HttpRequest, cart: Cart) -> Terms:
    guest = guests.current(request)
    needs_address = has_parcels(cart)
    if guest is None or (needs_address and guest.destination is None):
        form = GuestForm(initial=told_before(guest), needs_address=needs_address)
        return Terms(how=HowBought.GUEST, form=form)
    card = guest.card
    return Terms(
        guest.person,
        HowBought.GUEST,
        cards=[card] if card else [],
        card=card,
        destination=guest.destination,
        guest=guest,
    )


def _pay(request: HttpRequest, cart: Cart, terms: Terms) -> HttpResponse:
    press, person = press_of(request), terms.person
    if person is None:
        return redirect("shopfront:check_out")
    if press is None:
        terms.problems.append(_("The page was too old to buy from. Please press again."))
        return _page(request, cart, terms, 422)
    if terms.how == HowBought.GUEST and not guests.may_pay(request, person):
        terms.problems.append(_("That was too often in a short time. Please try again in an hour, or sign in."))
        return _page(request, cart, terms, 429)
    if terms.form is not None and has_parcels(cart):
        if not terms.form.is_valid():
            return _page(request, cart, terms, 422)
        terms.destination = terms.form.destination
    if terms.card is None:
        terms.problems.append(_("Please add a card first."))
        return _page(request, cart, terms, 422)
    sign_in = None if terms.how == HowBought.GUEST else current_sign_in(request.session)
    buyer = Buyer(person, terms.how, terms.card, terms.destination, terms.address, sign_in)
    try:
        orders = buy_cart(cart, buyer, press, request.POST.getlist("seen"))
    except OfferChanged as changed:
        terms.changes = changed.changes
        return _page(request, cart, terms, 409)
    except SoldOut:
        return _page(request, cart, terms, 409)
    except TooManyWaiting:
        terms.problems.append(_("Please approve or refuse the orders that wait for you first."))
        return _page(request, cart, terms, 409)
    except NoAddress:
        terms.problems.append(_("Please choose an address for the parcel."))
        return _page(request, cart, terms, 422)
    except EmptyCart:
        messages.info(request, _("The cart is empty: what was in it is ordered already. Nothing more was ordered."))
        return redirect("shopfront:cart")
    except PressTaken as error:
        raise PermissionDenied from error
    if terms.form is not None and terms.destination is not None:
        _keep_address(person, terms.destination)
    if terms.how == HowBought.GUEST:
        guests.remember(request, orders)
    return redirect("shopfront:done", orders[0].number)


def _keep_address(person: Person, to: Destination) -> None:
    """For the next time; a customer who has twenty has to remove one first, and the order does not wait for that."""
    try:
        add_address(person, to)
    except TooMany:
        return


def _page(request: HttpRequest, cart: Cart, terms: Terms, status: int) -> HttpResponse:
    offers = offers_of(cart, terms.destination, timezone.now())
    if not offers:
        messages.info(request, _("The cart is empty."))
        return redirect("shopfront:cart")
    parts = [[one for one in offers if one.product.kind == kind] for kind in (Kind.FILM, Kind.PARCEL)]
    films, parcels = parts
    changes = terms.changes or [
        Change(one.product, "left", one.quantity, one.left) for one in offers if one.left is not None
    ]
    context: dict[str, Any] = {
        "terms": terms,
        "offers": offers,
        "parts": [(part, sum((one.amount for one in part[1:]), part[0].amount)) for part in parts if part],
        "films": films,
        "parcels": parcels,
        "total": sum((one.amount for one in offers[1:]), offers[0].amount),
        "changes": changes,
        "can_pay": terms.card is not None and all(one.left is None for one in offers),
        "press": secrets.token_urlsafe(16),
    }
    return render(request, "shopfront/checkout.html", context, status=status)


@never_cache
@require_safe
def done(request: HttpRequest, number: str) -> HttpResponse:
    """What one press has bought, for the customer and for the guest's own browser."""
    number = heard(number)
    if not number.isascii() or not number.isalnum():
        raise Http404
    order = Order.objects.select_related("card").prefetch_related("lines__product").filter(number=number).first()
    if order is None or not (order.customer_id == request.user.pk or number in guests.orders_of(request)):
        raise Http404
    other = order.bought_with
    orders = sorted([order, *([other] if other else [])], key=lambda one: one.pk)
    context = {
        "orders": orders,
        "is_declined": any(one.state == OrderState.DECLINED for one in orders),
        "needs_approval": any(one.state == OrderState.WAITING for one in orders),
        "is_waiting": any(one.state == OrderState.PLACED for one in orders),
        "is_guest": order.customer_id != request.user.pk,
        "has_films": any(line.is_film for one in orders for line in one.lines.all()),
    }
    return render(request, "shopfront/done.html", context)
