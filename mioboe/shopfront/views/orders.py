"""One order of a customer's own: what we know of it, the mails about it, and undoing it."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mioboe.mails.models import Mail
from mioboe.mails.reading import readable
from mioboe.orders.actions import NotThatMany, NotWaiting, TooLate, Undone, refuse_order, undo_order
from mioboe.orders.actions.asking import CODE_DIGITS
from mioboe.orders.facts import OrderFacts
from mioboe.orders.history import shown
from mioboe.orders.models import Line, Order, OrderState
from mioboe.people.passkeys import has_passkey
from mioboe.site.ids import heard
from mioboe.site.templatetags.site_tags import money

SHORTEST_PRESS, LONGEST_PRESS = 8, 30


def _own_orders(request: HttpRequest) -> QuerySet[Order]:
    return shown(Order.objects.filter(customer=request.user.pk)).select_related("customer")


@never_cache
@require_safe
@login_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(_own_orders(request), number=heard(number))
    context = {
        "order": found,
        "facts": OrderFacts(found),
        "code_digits": CODE_DIGITS,
        "has_passkey": found.state == OrderState.WAITING and has_passkey(found.customer),
        "shows_address": request.GET.get("show") == "address",
    }
    return render(request, "shopfront/order.html", context)


@never_cache
@require_safe
@login_required
def mail(request: HttpRequest, number: str, mail_number: str) -> HttpResponse:
    """A mail that we sent about an order, without its links: they are for whoever holds the mailbox."""
    found = get_object_or_404(_own_orders(request), number=heard(number))
    sent = get_object_or_404(Mail, number=heard(mail_number), person=request.user.pk, about__contains=[found.ref])
    return render(request, "shopfront/mail.html", {"order": found, "mail": sent, "text": readable(sent)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Which items, how many, and one press; what came of it is told on the order's page."""
    found = get_object_or_404(_own_orders(request), number=heard(number))
    if found.state == OrderState.WAITING:
        return _withdraw(request, found)
    facts = OrderFacts(found)
    problem = ""
    if request.method == "POST":
        press = request.POST.get("press", "")
        if not SHORTEST_PRESS <= len(press) <= LONGEST_PRESS:
            problem = _("The page was too old to undo from. Please press again.")
        else:
            try:
                _tell(request, undo_order(found, press, _pieces(request, found)))
            except NotThatMany:
                problem = _("Please choose what is to be cancelled.")
            except TooLate:
                messages.error(
                    request, _("It is too late to undo this alone: it was watched, packed or changed meanwhile.")
                )
            if not problem:
                return redirect("shopfront:order", found.number)
    elif not facts.undoable:
        messages.info(request, _("Nothing of this order can be undone alone any more."))
        return redirect("shopfront:order", found.number)
    chosen = request.GET.get("line", "")
    context = {
        "order": found,
        "facts": facts,
        "press": secrets.token_urlsafe(16),
        "chosen": int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None,
        "problem": problem,
    }
    return render(request, "shopfront/undo.html", context, status=422 if problem else 200)


def _withdraw(request: HttpRequest, found: Order) -> HttpResponse:
    """What waits for its approval is simply not bought."""
    if request.method != "POST":
        return render(request, "shopfront/withdraw.html", {"order": found})
    try:
        refuse_order(found)
        messages.success(request, _("The order is off. Nothing was charged."))
    except NotWaiting:
        messages.error(request, _("It had been decided before."))
    return redirect("shopfront:order", found.number)


def _pieces(request: HttpRequest, found: Order) -> dict[int, int]:
    """The ticked lines with how many pieces of each; nonsense counts as none, which the action refuses."""
    ticked = set(request.POST.getlist("line"))
    pieces = {}
    for line in found.lines.all():
        if str(line.pk) in ticked:
            typed = request.POST.get(f"pieces-{line.pk}", str(line.left))
            pieces[line.pk] = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    return pieces


def _tell(request: HttpRequest, undone: Undone) -> None:
    titles = _titles([cancellation.line for cancellation in undone.cancellations])
    messages.success(
        request,
        _("Cancelled: %(titles)s. %(amount)s goes back to the card. A mail confirms it.")
        % {"titles": titles, "amount": money(undone.amount)},
    )
    if undone.too_late:
        messages.warning(
            request, _("Too late for: %(titles)s. Please contact us about it.") % {"titles": _titles(undone.too_late)}
        )


def _titles(lines: list[Line]) -> str:
    return _(", ").join(line.title for line in lines)
