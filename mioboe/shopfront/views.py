"""The small shop that comes along."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mioboe.orders.actions import OneClickOff, SoldOut, buy_with_one_click
from mioboe.orders.models import Access, AccessState, OneClick, Order, OrderState, Product
from mioboe.people.models import Person
from mioboe.signins.actions import current_sign_in
from mioboe.site.ids import heard
from mioboe.trail.actions import timeline

LONGEST_PRESS = 40
ORDERS_A_PAGE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "shopfront/home.html", {"products": Product.objects.order_by("kind", "pk")})


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Product, slug=slug)
    one_click = (
        OneClick.objects.select_related("card").filter(person=request.user, is_on=True).first()
        if request.user.is_authenticated
        else None
    )
    context = {"product": found, "one_click": one_click, "press": secrets.token_urlsafe(16)}
    return render(request, "shopfront/product.html", context)


@require_POST
@login_required
def buy(request: HttpRequest, slug: str) -> HttpResponse:
    """One press buys once: the form's `press` is the order's key."""
    assert isinstance(request.user, Person)
    found = get_object_or_404(Product, slug=slug)
    press = request.POST.get("press", "")
    if not 8 <= len(press) <= LONGEST_PRESS:
        messages.error(request, _("The page was too old to buy from. Please press again."))
        return redirect("shopfront:product", slug)
    try:
        bought = buy_with_one_click(request.user, found, press, current_sign_in(request.session.session_key))
    except SoldOut:
        messages.error(request, _("There is none left. Nothing was ordered and nothing was charged."))
        return redirect("shopfront:product", slug)
    except OneClickOff:
        messages.error(request, _("1-click is switched off for this account. Nothing was ordered."))
        return redirect("shopfront:product", slug)
    except Order.DoesNotExist as error:
        raise PermissionDenied from error
    if bought.state == OrderState.DECLINED:
        messages.error(request, _("The card was declined. Nothing was charged."))
    return redirect("shopfront:order", bought.number)


def _own_orders(request: HttpRequest) -> QuerySet[Order]:
    return (
        Order.objects.filter(customer=request.user.pk)
        .select_related("card", "address", "sign_in__device")
        .prefetch_related("lines__product", "lines__access")
    )


@require_safe
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Everything ever ordered, digital or not, in one list."""
    listed = _own_orders(request).order_by("-placed_at", "-id")[:ORDERS_A_PAGE]
    return render(request, "shopfront/orders.html", {"orders": listed})


@require_safe
@login_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(_own_orders(request), number=heard(number))
    return render(request, "shopfront/order.html", {"order": found, "entries": timeline(found.ref)})


@require_safe
@login_required
def watch(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(_own_orders(request), number=heard(number))
    access = get_object_or_404(Access.objects.select_related("line__product"), line__order=found)
    allowed = access.state == AccessState.GRANTED
    return render(
        request,
        "shopfront/watch.html",
        {"order": found, "access": access, "allowed": allowed},
        status=200 if allowed else 403,
    )
