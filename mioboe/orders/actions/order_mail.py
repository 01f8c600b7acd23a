"""The mail that confirms an order."""

from django.conf import settings
from django.urls import reverse

from mioboe.mails.actions import write_mail
from mioboe.mails.links import make_link
from mioboe.orders.actions.film_mail import film_link
from mioboe.orders.models import Order

LINK_PURPOSE = "not_me"


def write_order_mail(order: Order) -> None:
    """The order mail with its "Was this not you?" link; in the caller's transaction."""
    customer = order.customer
    secret = make_link(LINK_PURPOSE, order.ref, customer.email, customer, settings.MIOBOE_ORDER_LINK_LIFE_S)
    lines = list(order.lines.select_related("product"))
    write_mail(
        "order_confirmed",
        customer,
        [order.ref, customer.ref],
        order=order,
        lines=lines,
        others=len(lines),
        sign_in=order.sign_in,
        other=order.bought_with,
        watch_url=film_link(order, lines),
        link=settings.MIOBOE_BASE_URL + reverse("help:not_me", args=[secret]),
        help_url=settings.MIOBOE_BASE_URL + reverse("help:contact"),
    )
