"""Approval before the payment: the code typed where it was ordered, and the customer's choice."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from moneyed import JPY, Money

from mioboe.mails.links import LinkState, find_link, use_link
from mioboe.orders.actions import (
    LOWER_PURPOSE,
    NotWaiting,
    TooOften,
    Wish,
    WrongCode,
    approve_by_code,
    choose_approval,
    lower_approval,
)
from mioboe.orders.models import Order, OrderState
from mioboe.people.models import Person
from mioboe.shopfront.forms import ApprovalForm
from mioboe.site.ids import heard
from mioboe.site.templatetags.site_tags import mail_masked

LONGEST_CODE = 40


@require_POST
@login_required
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """With the code of the mail: a session alone approves nothing."""
    orders = Order.objects.filter(customer=request.user.pk).exclude(approval=None)
    found: Order = get_object_or_404(orders.select_related("customer", "card"), number=heard(number))
    try:
        order = approve_by_code(found, request.POST.get("code", "")[:LONGEST_CODE])
    except WrongCode as wrong:
        messages.error(request, _wrong(wrong.left))
    except NotWaiting:
        messages.error(request, _("It had been decided before."))
    else:
        if order.state == OrderState.DECLINED:
            messages.error(request, _("The card was declined. Nothing was charged."))
        else:
            messages.success(request, _("Approved. The order goes its way."))
    return redirect("shopfront:order", found.number)


def _wrong(left: int) -> str:
    if not left:
        return _("The code is not right, and no more can be tried. The link in the mail still works.")
    words = ngettext("The code is not right. %(left)s more try.", "The code is not right. %(left)s more tries.", left)
    return words % {"left": left}


@require_POST
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose when to be asked, and an amount in whole yen or none."))
        return redirect("shopfront:settings")
    try:
        is_set = choose_approval(request.user, form.wish)
    except TooOften:
        messages.error(request, _("That was too often in a short time. Please try again in an hour."))
        return redirect("shopfront:settings")
    if is_set:
        messages.success(request, _("Saved."))
    else:
        to = mail_masked(request.user.email)
        words = _("We have mailed %(to)s. It changes once you press there, so that nobody else can switch it off.")
        messages.info(request, words % {"to": to})
    return redirect("shopfront:settings")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lower(request: HttpRequest, secret: str) -> HttpResponse:
    """Behind the link in the mail; opening it changes nothing."""
    state, link = find_link(secret, LOWER_PURPOSE)
    if link is None:
        return render(request, "help/link_unknown.html", status=404)
    if request.user.is_authenticated and request.user.pk != link.person_id:
        return render(request, "help/link_foreign.html", {"link": link}, status=403)
    is_done = False
    if request.method == "POST" and state is LinkState.GOOD:
        with transaction.atomic():
            if use_link(link):
                lower_approval(link)
                is_done = True
        state = LinkState.USED
    wish = Wish.read(link.about)
    context = {
        "link": link,
        "wish": wish,
        "above": None if wish.above is None else Money(wish.above, JPY),
        "is_open": state is LinkState.GOOD,
        "is_done": is_done,
    }
    return render(
        request, "shopfront/approval_lower.html", context, status=200 if is_done or state is LinkState.GOOD else 410
    )
