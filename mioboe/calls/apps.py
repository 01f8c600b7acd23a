from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "callback.requested": _("Call back asked for"),
    "callback.offered": _("Agent found"),
    "callback.passed_on": _("Offered to the next agent"),
    "callback.ringing": _("Telephone rings"),
    "callback.answered": _("Call answered"),
    "callback.ended": _("Call ended"),
    "callback.missed": _("Call not answered"),
    "callback.cancelled": _("Call back cancelled"),
}


class CallsConfig(AppConfig):
    name = "mioboe.calls"
    label = "calls"

    def ready(self) -> None:
        tell(VERBS)
