from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "order.placed": _("Order placed"),
    "order.confirmed": _("Order confirmed"),
    "order.declined": _("Order declined"),
    "order.cancelled": _("Order cancelled"),
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
        tell(VERBS)
