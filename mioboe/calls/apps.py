from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "callback.requested": _("Call back asked for"),
    "callback.changed": _("Number or time of the call back changed"),
    "callback.offered": _("Agent found"),
    "callback.passed_on": _("Offered to the next agent"),
    "callback.ringing": _("Telephone rings"),
    "callback.answered": _("Call answered"),
    "callback.ended": _("Call ended"),
    "callback.held": _("On hold"),
    "callback.resumed": _("Back from hold"),
    "callback.no_answer": _("Nobody answered; we try again in {minutes} min"),
    "callback.busy": _("The line was busy; we try again in {minutes} min"),
    "callback.failed": _("The call could not be put through; we try again in {minutes} min"),
    "callback.unreachable": _("The telephone could not be reached; we try again in {minutes} min"),
    "callback.wrapped_up": _("After the call: {outcome}"),
    "callback.missed": _("Call not answered"),
    "callback.cancelled": _("Call back cancelled"),
}


class CallsConfig(AppConfig):
    name = "mioboe.calls"
    label = "calls"

    def ready(self) -> None:
        from mioboe.calls.actions.unreached_mail import UNREACHED_MAIL, unreached_mail_context
        from mioboe.mails.later import written_later

        tell(VERBS)
        written_later(UNREACHED_MAIL, unreached_mail_context)
