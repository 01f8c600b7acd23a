from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "order.placed": _("Order placed"),
    "order.confirmed": _("Order confirmed"),
    "order.declined": _("Order declined"),
    "order.cancelled": _("Order cancelled"),
    "access.opened": _("Film started for the first time"),
    "access.revoked": _("Film withdrawn"),
    "one_click.blocked": _("1-click switched off"),
}


class OrdersConfig(AppConfig):
    name = "mioboe.orders"
    label = "orders"

    def ready(self) -> None:
        from mioboe.orders.delivery import delivery

        tell(VERBS)
        # A wrong file stops the start with one line, as every setting does.
        delivery()
