from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "order.placed": _("Order placed"),
    "order.confirmed": _("Order confirmed"),
    "order.declined": _("Order declined"),
    "order.cancelled": _("Order cancelled"),
    "order.cancelled_in_part": _("Cancelled in part: {pieces} piece(s)"),
    "order.give_back_refused": _("The card’s bank refused to take the money back; we see to it"),
    "order.held": _("Held: nothing of it leaves until this is clear"),
    "order.released": _("Released: it goes its way again"),
    "parcel.packed": _("Parcel packed"),
    "parcel.held": _("Parcel held back: the payment failed"),
    "parcel.handed_over": _("Parcel handed over to the carrier"),
    "parcel.delivered": _("Parcel delivered"),
    "parcel.stopped": _("Parcel stopped before it left"),
    "parcel.called_back": _("Parcel called back from the carrier"),
    "parcel.returned": _("Parcel came back"),
    "parcel.returned_damaged": _("Parcel came back damaged"),
    "parcels.listed": _("Packing list opened"),
    "access.opened": _("Film started for the first time"),
    "access.revoked": _("Film withdrawn"),
    "one_click.blocked": _("1-click switched off"),
    "one_click.on": _("1-click switched on by the customer"),
    "one_click.off": _("1-click switched off by the customer"),
    "address.added": _("Address saved"),
    "address.changed": _("Address changed"),
    "address.removed": _("Address removed"),
}


class OrdersConfig(AppConfig):
    name = "mioboe.orders"
    label = "orders"

    def ready(self) -> None:
        from mioboe.orders.delivery import delivery

        tell(VERBS)
        # A wrong file stops the start with one line, as every setting does.
        delivery()
