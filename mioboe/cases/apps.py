from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "case.opened": _("Case opened"),
    "case.about": _("Contacted us about: {words}"),
    "topic.made": _("Contact list: “{words}” is new"),
    "topic.changed": _("Contact list: “{words}” changed"),
    "topic.moved": _("Contact list: “{words}” moved"),
    "case.proof.session": _("Confirmed: signed in"),
    "case.proof.mailbox": _("Confirmed: pressed a link that we mailed"),
    "case.proof.phone": _("Confirmed: answered on the number on file"),
    "case.planned": _("Decided what is to be done"),
    "case.viewed": _("Agent looked at the case"),
    "case.resolved": _("Everything decided is done"),
    "reset_link.sent": _("Link for a new password mailed"),
}


class CasesConfig(AppConfig):
    name = "mioboe.cases"
    label = "cases"

    def ready(self) -> None:
        from mioboe.cases.remedies import KINDS, OF_A_LINE, kind

        tell(VERBS)
        for name in KINDS + OF_A_LINE:
            tell({f"remedy.{name}.done": kind(name).done_words, f"remedy.{name}.failed": kind(name).failed_words})
