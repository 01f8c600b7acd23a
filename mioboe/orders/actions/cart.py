"""Verbs of the cart. Each may be called twice: the second call changes nothing more."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from mioboe.orders.models import MOST_LINES, MOST_PIECES, Cart, CartLine, Kind, Order, Product
from mioboe.people.models import Person

# How long a removed line can be put back, and how long a visitor's cart is kept that nobody touches.
PUT_BACK_WITHIN = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)


class CartFull(Exception):
    """No more lines go in."""


def cart_of(person: Person) -> Cart:
    """The customer's cart, made where there is none."""
    return Cart.objects.get_or_create(person=person)[0]


@transaction.atomic
def put_in_cart(cart: Cart, product: Product, quantity: int = 1) -> CartLine:
    """Adds pieces, up to 20 of one product; a film is one. Raises CartFull beyond 50 lines."""
    _lock(cart)
    line = CartLine.objects.filter(cart=cart, product=product, order=None).first()
    if line is not None and line.removed_at is None:
        line.quantity = _bounded(product, line.quantity + quantity)
    else:
        if cart.lines.filter(order=None, removed_at=None).count() >= MOST_LINES:
            raise CartFull
        line = line or CartLine(cart=cart, product=product)
        line.quantity, line.removed_at, line.put_in_at = _bounded(product, quantity), None, timezone.now()
        line.price_then = product.price
    line.save()
    return line


@transaction.atomic
def change_quantity(cart: Cart, product: Product, quantity: int) -> bool:
    """Sets how many pieces, 1 to 20. False where the product is not in the cart (any more)."""
    _lock(cart)
    lines = CartLine.objects.filter(cart=cart, product=product, order=None, removed_at=None)
    return bool(lines.update(quantity=_bounded(product, quantity)))


@transaction.atomic
def remove_from_cart(cart: Cart, product: Product) -> bool:
    """Takes a line out; it can be put back for ten minutes."""
    _lock(cart)
    now = timezone.now()
    CartLine.objects.filter(cart=cart, order=None, removed_at__lt=now - PUT_BACK_WITHIN).delete()
    lines = CartLine.objects.filter(cart=cart, product=product, order=None, removed_at=None)
    return bool(lines.update(removed_at=now))


@transaction.atomic
def put_back_in_cart(cart: Cart, product: Product) -> bool:
    """Undoes a removal. False where it is too late. Raises CartFull."""
    _lock(cart)
    removed = CartLine.objects.filter(
        cart=cart, product=product, order=None, removed_at__gte=timezone.now() - PUT_BACK_WITHIN
    )
    if removed.exists() and cart.lines.filter(order=None, removed_at=None).count() >= MOST_LINES:
        raise CartFull
    return bool(removed.update(removed_at=None))


@transaction.atomic
def merge_carts(visitor: Cart, person: Person) -> int:
    """At the sign-in: what the visitor had put in goes into the customer's cart. Answers how many lines found no room."""
    own = cart_of(person)
    for cart in sorted((visitor, own), key=lambda cart: cart.pk):
        _lock(cart)
    left_out = 0
    for line in visitor.lines.filter(order=None, removed_at=None).select_related("product").order_by("put_in_at"):
        try:
            put_in_cart(own, line.product, line.quantity)
        except CartFull:
            left_out += 1
    # What is being paid for goes along: declined, it belongs into the cart of the person that it is now.
    visitor.lines.exclude(order=None).update(cart=own)
    visitor.delete()
    return left_out


def hold_lines(lines: list[CartLine], order: Order) -> None:
    """These are being paid for; in the caller's transaction."""
    CartLine.objects.filter(pk__in=[line.pk for line in lines]).update(order=order)


def drop_lines(order: Order) -> None:
    """They are paid for; in the caller's transaction."""
    CartLine.objects.filter(order=order).delete()


def give_lines_back(order: Order) -> None:
    """The payment was declined: they are in the cart again, where the same product was not put in anew meanwhile. In the
    caller's transaction."""
    for line in CartLine.objects.filter(order=order).select_related("cart"):
        _lock(line.cart)
        CartLine.objects.filter(cart=line.cart, product=line.product_id, order=None).exclude(removed_at=None).delete()
        if CartLine.objects.filter(cart=line.cart, product=line.product_id, order=None).exists():
            line.delete()
        else:
            CartLine.objects.filter(pk=line.pk).update(order=None)


def forget_old_carts() -> int:
    """Deletes visitors' carts that nobody has touched for 30 days. Answers how many; may be called any number of times."""
    old = Cart.objects.filter(person=None, changed_at__lt=timezone.now() - KEPT_FOR)
    # One that is being paid for is looked at again when that has ended.
    old = old.exclude(lines__order__isnull=False)
    count = old.count()
    old.delete()
    return count


def _lock(cart: Cart) -> None:
    """What is done to one cart is done one after the other: its bounds hold."""
    Cart.objects.filter(pk=cart.pk).update(changed_at=timezone.now())


def _bounded(product: Product, quantity: int) -> int:
    return 1 if product.kind == Kind.FILM else max(1, min(quantity, MOST_PIECES))
