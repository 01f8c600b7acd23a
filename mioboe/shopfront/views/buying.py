"""Buying with one press."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mioboe.orders.actions import (
    JustBought,
    NoAddress,
    NotSure,
    OfferChanged,
    OneClickOff,
    PressTaken,
    SoldOut,
    TooManyWaiting,
    buy_with_one_click,
)
from mioboe.orders.models import Order, OrderState, Product
from mioboe.people.models import Person
from mioboe.shopfront.changes import in_words
from mioboe.signins.actions import current_sign_in
from mioboe.site.reads import read_often

# What a page's form carries as its own key; an order's has an ending for its kind besides.
_PRESS = re.compile(r"[A-Za-z0-9_-]{8,30}")
# How the hold to buy was done: held, pressed with a mouse (which no pocket does), or confirmed on a page.
_SURE = {"held", "mouse", "confirmed"}


def press_of(request: HttpRequest) -> str | None:
    """The key of the form that was sent; None where it has none or nobody ever made one like it."""
    press = request.POST.get("press", "")
    return press if _PRESS.fullmatch(press) else None


@require_POST
@login_required
def buy(request: HttpRequest, slug: str) -> HttpResponse:
    """One press buys once: the form's `press` is the order's key."""
    assert isinstance(request.user, Person)
    product = _product(slug)
    if product is None:
        raise Http404
    press, seen = press_of(request), request.POST.get("seen", "")
    if press is None or not seen:
        messages.error(request, _("The page was too old to buy from. Please press again."))
        return redirect("shopfront:product", slug)
    try:
        order = buy_with_one_click(
            request.user,
            product,
            press,
            current_sign_in(request.session),
            seen=seen,
            knows=request.POST.get("knows", ""),
            is_sure=request.POST.get("sure") in _SURE,
        )
    except (NotSure, JustBought) as question:
        return _ask(request, product, press, question)
    except SoldOut:
        return _not_bought(request, slug, _("There is none left. Nothing was ordered and nothing was charged."))
    except OneClickOff:
        return _not_bought(request, slug, _("1-click is switched off for this account. Nothing was ordered."))
    except TooManyWaiting:
        return _not_bought(request, slug, _("Please approve or refuse the orders that wait for you first."))
    except NoAddress:
        return _not_bought(request, slug, _("1-click has no address for parcels yet. Nothing was ordered."))
    except OfferChanged as changed:
        words = " ".join(in_words(change) for change in changed.changes)
        return _not_bought(request, slug, words + " " + _("Nothing was ordered. Press again if you still want it."))
    except PressTaken as error:
        raise PermissionDenied from error
    if order.state == OrderState.DECLINED:
        messages.error(request, _("The card was declined. Nothing was charged."))
    return redirect("shopfront:order", order.number)


@read_often
def _product(slug: str) -> QuerySet[Product]:
    return Product.objects.filter(slug=slug)


def _not_bought(request: HttpRequest, slug: str, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect("shopfront:product", slug)


def _ask(request: HttpRequest, product: Product, press: str, question: NotSure | JustBought) -> HttpResponse:
    """The same press, once more and on purpose; sent twice it still buys once."""
    before: Order | None = question.order if isinstance(question, JustBought) else None
    context = {
        "product": product,
        "press": press,
        "before": before,
        "seconds": max(1, int((timezone.now() - before.placed_at).total_seconds())) if before else 0,
        "knows": before.number if before else request.POST.get("knows", ""),
    }
    return render(request, "shopfront/confirm.html", context, status=409 if before else 200)
