from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "statement.checked": _("Card statement checked"),
}


class StatementsConfig(AppConfig):
    name = "mioboe.statements"
    label = "statements"

    def ready(self) -> None:
        tell(VERBS)
