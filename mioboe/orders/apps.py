from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "order.placed": _("Order placed"),
    "approval.asked": _("Waits for the customer’s approval; nothing is charged before"),
    "approval.given": _("Approved by the customer"),
    "approval.refused": _("Not approved: the order is off, and nothing was charged"),
    "approval.lapsed": _("Nobody approved it in time: the order is off, and nothing was charged"),
    "approval.set.always": _("Approval before payment: always"),
    "approval.set.unfamiliar": _("Approval before payment: for devices that are not known (always from: {above} yen)"),
    "approval.set.never": _("Approval before payment: never (always from: {above} yen)"),
    "approval.lowering_asked": _(
        "Less approval before payment asked for; a mail to the address on file asks for a press"
    ),
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
    "access.link_used": _("The mailed link to the film was used"),
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
        from mioboe.mails.later import written_later
        from mioboe.orders.actions.asking import APPROVE_MAIL, approve_mail_context
        from mioboe.orders.actions.order_mail import ORDER_MAIL, order_mail_context
        from mioboe.orders.delivery import delivery

        tell(VERBS)
        written_later(ORDER_MAIL, order_mail_context)
        written_later(APPROVE_MAIL, approve_mail_context)
        # A wrong file stops the start with one line, as every setting does.
        delivery()
