"""Behind "Watch the film" in a guest's order mail. Opening it changes nothing; one press lets this browser watch."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.mails.links import LinkState, find_link
from mioboe.mails.models import Link
from mioboe.orders.actions import FILM_LINK_PURPOSE, use_film_link, write_film_mail
from mioboe.orders.models import Access, AccessState, Order
from mioboe.shopfront import guests


def _order(link: Link) -> Order:
    return Order.objects.select_related("customer").get(number=link.about.removeprefix("order:"))


def _can_be_watched(order: Order) -> bool:
    return Access.objects.filter(line__order=order, state=AccessState.GRANTED).exists()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def film_link(request: HttpRequest, secret: str) -> HttpResponse:
    state, link = find_link(secret, FILM_LINK_PURPOSE)
    if link is None:
        return render(request, "help/link_unknown.html", status=404)
    order = _order(link)
    if request.user.pk == order.customer_id or guests.may_watch(request, order.number):
        return redirect("shopfront:watch", order.number)
    if request.user.is_authenticated:
        return render(request, "help/link_foreign.html", {"link": link}, status=403)
    if not _can_be_watched(order):
        return render(request, "shopfront/film_withdrawn.html", status=410)
    if state is LinkState.GOOD and request.method == "POST" and use_film_link(link, order):
        guests.let_watch(request, order)
        return redirect("shopfront:watch", order.number)
    if state is not LinkState.GOOD or request.method == "POST":
        context = {"link": link, "is_used": state is not LinkState.EXPIRED, "secret": secret}
        return render(request, "shopfront/film_link_spent.html", context, status=410)
    films = [line for line in order.lines.select_related("product").order_by("pk") if line.is_film]
    return render(request, "shopfront/film_link.html", {"order": order, "films": films, "link": link})


@require_POST
def new_film_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Mails a fresh link to the address of the old one; never shows it here."""
    state, link = find_link(secret, FILM_LINK_PURPOSE)
    if link is None or state is LinkState.GOOD:
        return redirect("shopfront:film_link", secret)
    order = _order(link)
    if not _can_be_watched(order):
        return redirect("shopfront:film_link", secret)
    if guests.may_have_new_link(request, order):
        with transaction.atomic():
            write_film_mail(order)
    return render(request, "help/link_mailed.html", {"link": link})
