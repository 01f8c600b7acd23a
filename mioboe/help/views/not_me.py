"""Behind "Was this not you?" in an order mail. Opening it changes nothing; one press reports the order."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.cases.actions import add_words, open_case
from mioboe.cases.models import Case, ProofKind
from mioboe.cases.topics import unrecognised
from mioboe.help.access import let_in, may_see
from mioboe.help.callers import caller_of, remember_caller
from mioboe.mails.links import LinkState, find_link, use_link
from mioboe.mails.models import Link, Mail
from mioboe.orders.actions import LINK_PURPOSE, ORDER_MAIL, write_order_mail
from mioboe.orders.models import Order

# New links that one used or expired link may ask for.
MOST_NEW_LINKS = 3


def _order(link: Link) -> Order:
    return (
        Order.objects.select_related("customer", "card", "sign_in__device")
        .prefetch_related("lines__product", "lines__access")
        .get(number=link.about.removeprefix("order:"))
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, secret: str) -> HttpResponse:
    state, link = find_link(secret, LINK_PURPOSE)
    if link is None:
        return render(request, "help/link_unknown.html", status=404)
    order = _order(link)
    if request.user.is_authenticated and request.user.pk != order.customer_id:
        return render(request, "help/link_foreign.html", {"link": link}, status=403)
    if state is not LinkState.GOOD:
        return _spent(request, state, link, order, secret)
    if request.method == "POST":
        if request.POST.get("do") == "else":
            return _something_else(request, link, order, secret)
        with transaction.atomic():
            if not use_link(link):
                return redirect("help:not_me", secret)
            words, detail = request.POST.get("words", ""), unrecognised()
            case = open_case(order.customer, order, ProofKind.MAILBOX, words, detail=detail)
        let_in(request, case)
        return redirect("help:call", case.number)
    return render(request, "help/not_me.html", {"order": order, "link": link})


def _something_else(request: HttpRequest, link: Link, order: Order, secret: str) -> HttpResponse:
    """Whoever remembers the order, but has something else to say about it, need not sign in either."""
    if not use_link(link):
        return redirect("help:not_me", secret)
    if not request.user.is_authenticated:
        remember_caller(request, order.customer, order.number)
    return redirect(f"{reverse('help:contact')}?order={order.number}")


def _spent(request: HttpRequest, state: LinkState, link: Link, order: Order, secret: str) -> HttpResponse:
    case = Case.objects.filter(order=order).first()
    if case is not None and may_see(request, case):
        if request.method == "POST":  # pressed in a second tab
            add_words(case, request.POST.get("words", ""))
        return redirect("help:case", case.number)
    caller = caller_of(request)
    if caller is not None and caller.order(order.number):
        return redirect(f"{reverse('help:contact')}?order={order.number}")
    context = {"link": link, "is_used": state is LinkState.USED, "secret": secret}
    return render(request, "help/link_spent.html", context, status=410)


@require_POST
def new_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Mails a fresh link to the address of the old one; never shows it here."""
    state, link = find_link(secret, LINK_PURPOSE)
    if link is None or state is LinkState.GOOD:
        return redirect("help:not_me", secret)
    # Counted by their mails, as each link is made when its mail is sent.
    if Mail.objects.filter(kind=ORDER_MAIL, about__contains=[link.about]).count() <= MOST_NEW_LINKS:
        with transaction.atomic():
            write_order_mail(_order(link))
    return render(request, "help/link_mailed.html", {"link": link})
