"""How a guest comes to the film: a link in the order mail, and a mail with a new one."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from mioboe.mails.actions import write_mail
from mioboe.mails.links import make_link
from mioboe.mails.words import contact_url
from mioboe.orders.models import HowBought, Line, Order

FILM_LINK_PURPOSE = "watch"


def film_link(order: Order, lines: Iterable[Line]) -> str:
    """The address of a new link that lets the browser in which it is pressed watch the order's films; empty where it has
    none, or was bought by a customer, who signs in. Made in the transaction that writes the mail."""
    if order.how != HowBought.GUEST or not any(line.is_film for line in lines):
        return ""
    customer = order.customer
    secret = make_link(FILM_LINK_PURPOSE, order.ref, customer.email, customer, settings.MIOBOE_ORDER_LINK_LIFE_S)
    return settings.MIOBOE_BASE_URL + reverse("shopfront:film_link", args=[secret])


def write_film_mail(order: Order) -> None:
    """A mail with a new link to the order's films; in the caller's transaction. Called twice, it is two mails."""
    customer = order.customer
    lines = [line for line in order.lines.select_related("product").order_by("pk") if line.is_film]
    write_mail(
        "film_link",
        customer,
        [order.ref, customer.ref],
        order=order,
        lines=lines,
        link=film_link(order, lines),
        help_url=contact_url(order=order.number),
    )
