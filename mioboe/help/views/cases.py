from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mioboe.calls.models import LIVE, Callback
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case
from mioboe.cases.remedies.hold_orders import orders_in_question
from mioboe.cases.topics import unrecognised
from mioboe.help.access import let_in, own_case
from mioboe.help.callers import caller_of
from mioboe.help.clocks import on_clock_of
from mioboe.help.ticks import ticks
from mioboe.orders.actions import NotWaiting, refuse_order
from mioboe.orders.models import OrderState
from mioboe.trail.looks import readable_timeline

MOST_ORDERS = 20  # that a case page lists
MOST_CASES = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_order(request: HttpRequest, number: str) -> HttpResponse:
    """ "I don't recognise this" from the order history or the contact page: help me remember, then one press."""
    caller = caller_of(request)
    if caller is None:
        return redirect_to_login(request.get_full_path())
    order = caller.order(number)
    if order is None:
        raise Http404
    if request.method == "POST":
        if order.state == OrderState.WAITING:
            with suppress(NotWaiting):  # approved or lapsed a moment ago: the case is about what it is now
                refuse_order(order)
        case = open_case(caller.person, order, caller.proof, request.POST.get("words", ""), detail=unrecognised())
        if not caller.is_signed_in:
            let_in(request, case)
        return redirect("help:call", case.number)
    return render(request, "help/not_me.html", {"order": order})


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    live = Prefetch("callbacks", Callback.objects.filter(state__in=LIVE), to_attr="live_calls")
    own = Case.objects.filter(customer=request.user.pk).select_related("detail")
    cases = own.prefetch_related("order__lines__product", live).order_by("-opened_at")
    return render(request, "help/cases.html", {"cases": cases[:MOST_CASES], "now": timezone.now()})


@never_cache
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The customer's case page: what is done, ticked off one by one, and what is left for the customer."""
    found = own_case(request, number)
    context = {
        "case": found,
        "ticks": ticks(found),
        "callback": found.callbacks.order_by("-asked_at").first(),
        "now": timezone.now(),
        "entries": readable_timeline(found.ref, *([found.order.ref] if found.order else [])),
        "in_question": orders_in_question(found)
        .prefetch_related("lines", "parcels")
        .order_by("placed_at")[:MOST_ORDERS]
        if found.sign_in
        else [],
    }
    name = "help/_case_live.html" if request.headers.get("HX-Request") else "help/case.html"
    with on_clock_of(request, found.customer):
        return render(request, name, context)
