from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "sign_in": _("Signed in"),
    "sign_in.mine": _("“This was me”, said of a sign-in"),
    "sign_in.not_mine": _("“This was not me”, said of a sign-in"),
    "thresholds.set": _(
        "Thresholds set: unusual from {unfamiliar} (before: {unfamiliar_before}), very unusual from {very_unfamiliar} (before:"
        " {very_unfamiliar_before})"
    ),
    "password.changed": _("New password set"),
}


class SigninsConfig(AppConfig):
    name = "mioboe.signins"
    label = "signins"

    def ready(self) -> None:
        import_module("mioboe.signins.recognise")  # listens for sign-ins and new passwords
        tell(VERBS)
        post_migrate.connect(_keep_months, sender=self)


def _keep_months(**kwargs: object) -> None:
    """The partitions of this month and the coming ones are there before the first sign-in."""
    from mioboe.signins.actions.months import keep_months, there_are_months

    if there_are_months():
        keep_months()
