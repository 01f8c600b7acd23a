"""Which cart a browser has: the account's, or the one that its session knows."""

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import ngettext

from mioboe.orders.actions import cart_of, merge_carts
from mioboe.orders.models import Cart, Kind
from mioboe.people.models import Person
from mioboe.shopfront import guests

SESSION_KEY = "cart"


def find_cart(request: HttpRequest) -> Cart | None:
    """The cart, where there is one; asks nothing of a browser without a session."""
    if isinstance(request.user, Person):
        return Cart.objects.filter(person=request.user).first()
    number = request.session.get(SESSION_KEY)
    return Cart.objects.filter(pk=number, person=None).first() if number else None


def own_cart(request: HttpRequest) -> Cart:
    """The cart, made where there is none."""
    if isinstance(request.user, Person):
        return cart_of(request.user)
    cart = find_cart(request)
    if cart is None:
        cart = Cart.objects.create()
        request.session[SESSION_KEY] = cart.pk
    return cart


@receiver(user_logged_in, dispatch_uid="take_cart_along")
def _take_along(sender: type[Person], request: HttpRequest, user: Person, **kwargs: object) -> None:
    guests.forget(request)
    number = request.session.pop(SESSION_KEY, None)
    cart = Cart.objects.filter(pk=number, person=None).first() if number else None
    if cart is None:
        return
    left_out = merge_carts(cart, user)
    if left_out:
        words = ngettext(
            "Your cart is full: {count} thing found no room.",
            "Your cart is full: {count} things found no room.",
            left_out,
        )
        messages.warning(request, words.format(count=left_out))


def has_parcels(cart: Cart) -> bool:
    """Whether something in it has to be sent somewhere."""
    return cart.lines.filter(order=None, removed_at=None, product__kind=Kind.PARCEL).exists()
