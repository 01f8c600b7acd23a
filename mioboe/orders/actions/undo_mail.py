"""The mail that confirms that something was undone."""

from django.conf import settings
from django.urls import reverse

from mioboe.mails.actions import write_mail
from mioboe.mails.words import contact_url
from mioboe.orders.models import Cancellation, Order


def write_undo_mail(order: Order, cancellations: list[Cancellation], is_whole: bool) -> None:
    """What was cancelled and what goes back; in the caller's transaction, so once a press."""
    customer = order.customer
    first, *others = [cancellation.amount for cancellation in cancellations]
    write_mail(
        "order_undone",
        customer,
        [order.ref, customer.ref],
        order=order,
        cancellations=cancellations,
        is_whole=is_whole,
        amount=sum(others, first),
        card=order.card,
        order_url=settings.MIOBOE_BASE_URL + reverse("shopfront:order", args=[order.number]),
        help_url=contact_url(order=order.number),
    )
