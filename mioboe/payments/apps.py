from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "card.saved": _("Card saved: {brand} ending in {last4}"),
    "card.removed": _("Card removed: {brand} ending in {last4}"),
    "charge.authorised": _("Reserved on the card: {amount}"),
    "charge.captured": _("Card charged: {amount}"),
    "charge.declined": _("Card declined: {why}"),
    "charge.voided": _("Reservation on the card released: {amount}"),
    "charge.lapsed": _("Reservation on the card ended by itself: {amount}"),
    "refund.released": _("Released before it was charged: {amount}"),
    "refund.accepted": _("Refund accepted by the card company’s side: {amount}"),
    "refund.settled": _("Refunded: {amount}"),
    "refund.failed": _("Refund refused: {why}"),
    "dispute.opened": _("The cardholder’s bank disputes {amount} ({reason})"),
    "dispute.won": _("Dispute won: {amount}"),
    "dispute.lost": _("Dispute lost: {amount}"),
}


class PaymentsConfig(AppConfig):
    name = "mioboe.payments"
    label = "payments"

    def ready(self) -> None:
        tell(VERBS)
