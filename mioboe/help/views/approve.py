"""Behind "Approve or refuse" in the mail about an order that waits. Opening it changes nothing; one press decides."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind
from mioboe.cases.topics import unrecognised
from mioboe.help.access import let_in
from mioboe.mails.links import LinkState, find_link
from mioboe.orders.actions import APPROVE_PURPOSE, NotWaiting, approve_order, refuse_order
from mioboe.orders.actions.approving import LINK
from mioboe.orders.facts import OrderFacts
from mioboe.orders.models import Order, OrderState


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, secret: str) -> HttpResponse:
    """Shows the order while it waits, and afterwards what became of it. Whoever comes through the mailed link need not be signed in."""
    state, link = find_link(secret, APPROVE_PURPOSE)
    if link is None:
        return render(request, "help/link_unknown.html", status=404)
    order = (
        Order.objects.select_related("customer", "card", "sign_in__device", "approval")
        .prefetch_related("lines__product", "lines__access", "parcels")
        .get(number=link.about.removeprefix("order:"))
    )
    if request.user.is_authenticated and request.user.pk != order.customer_id:
        return render(request, "help/link_foreign.html", {"link": link}, status=403)
    if request.method == "POST" and state is LinkState.GOOD:
        if request.POST.get("do") == "refuse":
            case = _refuse(request, order)
            if case is not None:
                return redirect("help:call", case.number)
        elif request.POST.get("do") == "approve":
            _approve(order)
        return redirect("help:approve", secret)
    is_open = state is LinkState.GOOD and order.state == OrderState.WAITING
    context = {"order": order, "facts": OrderFacts(order), "link": link, "is_open": is_open}
    return render(request, "help/approve.html", context)


def _approve(order: Order) -> None:
    """The link goes on showing what became of it, so that only the order's state says who was first."""
    try:
        approve_order(order, LINK)
    except NotWaiting:
        return  # the page says so


def _refuse(request: HttpRequest, order: Order) -> Case | None:
    """A case with all that is known of it; None where it was approved or had lapsed, which the page then says."""
    try:
        with transaction.atomic():
            refuse_order(order)
            words, detail = request.POST.get("words", ""), unrecognised()
            case = open_case(order.customer, order, ProofKind.MAILBOX, words, detail=detail)
    except NotWaiting:
        messages.info(request, _("It had been decided before."))
        return None
    let_in(request, case)
    return case
