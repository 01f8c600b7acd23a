"""Buying."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mioboe.orders.actions import OneClickOff, SoldOut, buy_with_one_click
from mioboe.orders.models import Order, OrderState, Product
from mioboe.people.models import Person
from mioboe.signins.actions import current_sign_in

LONGEST_PRESS = 40


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
