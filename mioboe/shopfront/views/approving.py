"""Approval before the payment: a passkey, or the mail's code typed where it was ordered; and the customer's choice."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
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
    approve_order,
    choose_approval,
    lower_approval,
    lower_at_once,
    set_if_strict,
    wish_of,
)
from mioboe.orders.actions.approving import PASSKEY
from mioboe.orders.models import Order, OrderState
from mioboe.people.models import Person
from mioboe.people.passkeys import NotTheirPasskey, ask_passkey, check_passkey, has_passkey
from mioboe.people.proofs import confirm_url, is_fresh, is_proven_afresh
from mioboe.shopfront.forms import ApprovalForm
from mioboe.signins.actions import is_on_known_device
from mioboe.site.ids import heard
from mioboe.site.templatetags.site_tags import mail_masked

LONGEST_CODE = 40


@require_POST
@login_required
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """With the code of the mail: a session alone approves nothing."""
    found = _own(request, number)
    try:
        order = approve_by_code(found, request.POST.get("code", "")[:LONGEST_CODE])
    except WrongCode as wrong:
        messages.error(request, _wrong(wrong.left))
    except NotWaiting:
        messages.error(request, _("It had been decided before."))
    else:
        _tell(request, order)
    return redirect("shopfront:order", found.number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def approve_by_passkey(request: HttpRequest, number: str) -> HttpResponse:
    """GET gives passkeys.js what to ask the authenticator about this order; POST takes what it answered."""
    assert isinstance(request.user, Person)
    found = _own(request, number)
    if request.method != "POST":
        if request.accepts("text/html") or found.state != OrderState.WAITING or not has_passkey(request.user):
            return redirect("shopfront:order", found.number)
        return JsonResponse({"request_options": ask_passkey(request, request.user, found.ref)})
    try:
        check_passkey(request, request.user, found.ref, request.POST.get("credential", ""))
        order = approve_order(found, PASSKEY)
    except NotTheirPasskey:
        messages.error(request, _("That passkey did not approve it. Try again, or use the mail."))
    except NotWaiting:
        messages.error(request, _("It had been decided before."))
    else:
        _tell(request, order)
    return redirect("shopfront:order", found.number)


def _own(request: HttpRequest, number: str) -> Order:
    """An order of the customer's own that had to be approved."""
    orders = Order.objects.filter(customer=request.user.pk).exclude(approval=None)
    found: Order = get_object_or_404(orders.select_related("customer", "card"), number=heard(number))
    return found


def _tell(request: HttpRequest, order: Order) -> None:
    if order.state == OrderState.DECLINED:
        messages.error(request, _("The card was declined. Nothing was charged."))
    else:
        messages.success(request, _("Approved. The order goes its way."))


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
    if set_if_strict(request.user, form.wish):
        messages.success(request, _("Saved."))
    elif is_on_known_device(request.session):
        return redirect(f"{reverse('shopfront:approval_less')}?{urlencode(_query(form.wish))}")
    else:
        _mail_link(request, form.wish)
    return redirect("shopfront:settings")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask_less(request: HttpRequest) -> HttpResponse:
    """On a device that the account knows: whoever confirms once more that it is them need not wait for the mail, which others ask for
    here, too."""
    assert isinstance(request.user, Person)
    form = ApprovalForm(request.GET)
    if not form.is_valid() or not form.wish.is_laxer_than(wish_of(request.user)):
        return redirect("shopfront:settings")
    may_set = is_on_known_device(request.session) and is_proven_afresh(request, request.user)
    if request.method == "POST":
        if request.POST.get("do") == "mail":
            _mail_link(request, form.wish)
            return redirect("shopfront:settings")
        if may_set:
            lower_at_once(request.user, form.wish)
            messages.success(request, _("Changed. A mail tells you so, too."))
            return redirect("shopfront:settings")
    here = f"{request.path}?{urlencode(_query(form.wish))}"
    context = {
        "wish": form.wish,
        "above": None if form.wish.above is None else Money(form.wish.above, JPY),
        "may_set": may_set,
        "is_too_new": is_fresh(request) and not may_set,
        "confirm_url": confirm_url(request, here),
        "to": mail_masked(request.user.email),
    }
    return render(request, "shopfront/approval_less.html", context)


def _query(wish: Wish) -> dict[str, str | int]:
    return {"when": wish.when.value} | ({} if wish.above is None else {"above": wish.above})


def _mail_link(request: HttpRequest, wish: Wish) -> None:
    assert isinstance(request.user, Person)
    try:
        choose_approval(request.user, wish)
    except TooOften:
        messages.error(request, _("That was too often in a short time. Please try again in an hour."))
        return
    words = _("We have mailed %(to)s. It changes once you press there, so that nobody else can switch it off.")
    messages.info(request, words % {"to": mail_masked(request.user.email)})


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
