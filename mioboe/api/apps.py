from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "api_key.made": _("API key {prefix} made"),
    "api_key.rotated": _("API key {prefix} put out of use within a day; {new} takes its place"),
    "api_key.revoked": _("API key {prefix} revoked"),
}


class ApiConfig(AppConfig):
    name = "mioboe.api"
    label = "api"

    def ready(self) -> None:
        tell(VERBS)
