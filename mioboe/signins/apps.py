from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "sign_in": _("Signed in"),
    "password.changed": _("New password set"),
}


class SigninsConfig(AppConfig):
    name = "mioboe.signins"
    label = "signins"

    def ready(self) -> None:
        import_module("mioboe.signins.recognise")  # listens for sign-ins and new passwords
        tell(VERBS)
