"""The mail that confirms an order."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from mioboe.mails.actions import promise_mail
from mioboe.mails.links import make_link
from mioboe.mails.models import Mail
from mioboe.mails.words import contact_url
from mioboe.orders.actions.film_mail import film_link
from mioboe.orders.models import Line, Order

ORDER_MAIL = "order_confirmed"
LINK_PURPOSE = "not_me"


def write_order_mail(order: Order, lines: list[Line] | None = None) -> None:
    """The order mail with its "Was this not you?" link; in the caller's transaction. Its words come when it is sent."""
    customer = order.customer
    lines = lines or list(order.lines.select_related("product"))
    promise_mail(ORDER_MAIL, customer, [order.ref, customer.ref], lines=lines, others=len(lines))


def order_mail_context(mail: Mail) -> dict[str, Any]:
    """What its templates need, and a new link in it."""
    number = mail.about[0].removeprefix("order:")
    order = Order.objects.select_related("customer", "card", "sign_in__device").get(number=number)
    customer = order.customer
    secret = make_link(LINK_PURPOSE, order.ref, mail.to, customer, settings.MIOBOE_ORDER_LINK_LIFE_S)
    lines = list(order.lines.select_related("product"))
    return {
        "order": order,
        "lines": lines,
        "others": len(lines),
        "other": order.bought_with,
        "sign_in": order.sign_in,
        "watch_url": film_link(order, lines),
        "link": settings.MIOBOE_BASE_URL + reverse("help:not_me", args=[secret]),
        "help_url": contact_url(order=order.number),
    }
