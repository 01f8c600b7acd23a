from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "charge.captured": _("Card charged: ￥{amount}"),
    "charge.declined": _("Card declined: {why}"),
    "refund.settled": _("Refunded: ￥{amount}"),
    "refund.failed": _("Refund refused: {why}"),
}


class PaymentsConfig(AppConfig):
    name = "mioboe.payments"
    label = "payments"

    def ready(self) -> None:
        tell(VERBS)
