"""The cart."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mioboe.orders.actions import CartFull, change_quantity, put_back_in_cart, put_in_cart, remove_from_cart
from mioboe.orders.actions.cart import PUT_BACK_WITHIN
from mioboe.orders.models import MOST_LINES, MOST_PIECES, CartLine, Product
from mioboe.orders.offers import offer
from mioboe.orders.refusals import Change
from mioboe.people.models import Person
from mioboe.shopfront.carts import find_cart, own_cart
from mioboe.shopfront.forms import QuantityForm
from mioboe.shopfront.places import where_to


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """What is in it, for how much now, and what is otherwise than when it was put in."""
    found = find_cart(request)
    now = timezone.now()
    lines = list(found.lines.filter(order=None).select_related("product").order_by("put_in_at", "pk")) if found else []
    there = [line for line in lines if line.removed_at is None]
    to = request.user.addresses.order_by("pk").first() if isinstance(request.user, Person) else where_to(request)
    offers = [offer(line.product, line.quantity, to, now) for line in there]
    context = {
        "rows": list(zip(offers, map(_changes, there), strict=True)),
        "removed": [line for line in lines if line.removed_at and line.removed_at >= now - PUT_BACK_WITHIN],
        "total": sum((one.amount for one in offers[1:]), offers[0].amount) if offers else None,
        "can_be_bought": bool(offers) and all(one.left is None for one in offers),
        "quantities": range(1, MOST_PIECES + 1),
    }
    return render(request, "shopfront/cart.html", context)


def _changes(line: CartLine) -> list[Change]:
    found = []
    if line.price_then != line.product.price:
        found.append(Change(line.product, "price", line.price_then, line.product.price))
    if line.product.stock is not None and line.product.stock < line.quantity:
        found.append(Change(line.product, "left", line.quantity, line.product.stock))
    return found


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    product = get_object_or_404(Product, slug=slug)
    form = QuantityForm(request.POST)
    if not form.is_valid():
        return _wrong_quantity(request, "shopfront:product", slug)
    try:
        put_in_cart(own_cart(request), product, form.cleaned_data["quantity"])
    except CartFull:
        _say_full(request)
    else:
        messages.success(request, _("In the cart: {title}").format(title=product.title))
    return redirect("shopfront:cart")


@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    product, form, found = get_object_or_404(Product, slug=slug), QuantityForm(request.POST), find_cart(request)
    if not form.is_valid():
        return _wrong_quantity(request, "shopfront:cart")
    if found is None or not change_quantity(found, product, form.cleaned_data["quantity"]):
        messages.info(request, _("This is not in the cart any more."))
    return redirect("shopfront:cart")


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    product, found = get_object_or_404(Product, slug=slug), find_cart(request)
    if found is not None:
        remove_from_cart(found, product)
    return redirect("shopfront:cart")


@require_POST
def put_back(request: HttpRequest, slug: str) -> HttpResponse:
    product, found = get_object_or_404(Product, slug=slug), find_cart(request)
    try:
        if found is not None and not put_back_in_cart(found, product):
            messages.info(request, _("It is too late to put this back. You find it in the shop."))
    except CartFull:
        _say_full(request)
    return redirect("shopfront:cart")


def _say_full(request: HttpRequest) -> None:
    messages.error(request, _("The cart is full: it holds {most} different things.").format(most=MOST_LINES))


def _wrong_quantity(request: HttpRequest, page: str, *arguments: str) -> HttpResponse:
    messages.error(request, _("Please choose from 1 to {most} pieces.").format(most=MOST_PIECES))
    return redirect(page, *arguments)
