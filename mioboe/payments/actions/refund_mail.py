"""The mail that says that the money is back."""

from django.conf import settings
from django.urls import reverse

from mioboe.mails.actions import write_mail
from mioboe.payments.models import Refund


def write_refund_mail(refund: Refund) -> None:
    """Tells the customer; in the transaction that notes the settlement, so exactly once a refund."""
    charge = refund.charge
    kind, _, number = charge.reference.partition(":")
    is_order = kind == "order"
    write_mail(
        "refund_complete",
        charge.person,
        [charge.reference, charge.ref, refund.ref],
        refund=refund,
        card=charge.card,
        order_number=number if is_order else "",
        order_url=settings.MIOBOE_BASE_URL + reverse("shopfront:order", args=[number]) if is_order else "",
    )
