from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind
from mioboe.help.access import own_case
from mioboe.help.ticks import ticks
from mioboe.orders.actions import NotWaiting, refuse_order
from mioboe.orders.models import Order, OrderState
from mioboe.people.models import Person
from mioboe.site.ids import heard
from mioboe.trail.actions import timeline


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_order(request: HttpRequest, number: str) -> HttpResponse:
    """ "I don't recognise this" from the order history: help me remember, then one press."""
    assert isinstance(request.user, Person)
    order: Order = get_object_or_404(
        Order.objects.filter(customer=request.user)
        .select_related("customer", "card", "sign_in__device")
        .prefetch_related("lines__product", "lines__access"),
        number=heard(number),
    )
    if request.method == "POST":
        if order.state == OrderState.WAITING:
            with suppress(NotWaiting):  # approved or lapsed a moment ago: the case is about what it is now
                refuse_order(order)
        case = open_case(request.user, order, ProofKind.SESSION, request.POST.get("words", ""))
        return redirect("help:call", case.number)
    return render(request, "help/not_me.html", {"order": order})


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    cases = Case.objects.filter(customer=request.user.pk).prefetch_related("order__lines__product")
    return render(request, "help/cases.html", {"cases": cases.order_by("-opened_at")[:50]})


@never_cache
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The customer's case page: what is done, ticked off one by one, and what is left for the customer."""
    found = own_case(request, number)
    context = {
        "case": found,
        "ticks": ticks(found),
        "callback": found.callbacks.order_by("-asked_at").first(),
        "entries": timeline(found.ref, *([found.order.ref] if found.order else [])),
    }
    name = "help/_case_live.html" if request.headers.get("HX-Request") else "help/case.html"
    return render(request, name, context)
