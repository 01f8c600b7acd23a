from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "sign_in": _("Signed in"),
    "sign_in.mine": _("Confirmed: this sign-in was me"),
    "sign_in.not_mine": _("Reported: this sign-in was not me"),
    "device.removed": _("Device removed; sessions ended on it: {sessions}"),
    "devices.removed": _("All devices removed: {devices}"),
    "device.copied": _("A copy of a device’s key was shown: it has to prove itself again"),
    "device.named": _("Device renamed"),
    "sessions.ended": _("Signed out everywhere by the customer"),
    "sign_ins.viewed": _("Agent looked at the sign-ins"),
    "thresholds.set": _(
        "Thresholds set: unusual from {unfamiliar} (before: {unfamiliar_before}), very unusual from {very_unfamiliar} (before:"
        " {very_unfamiliar_before})"
    ),
    "password.changed": _("New password set"),
    "passkey.added": _("Passkey added"),
    "passkey.removed": _("Passkey removed"),
    "totp.added": _("Codes from an app switched on"),
    "totp.removed": _("Codes from an app switched off"),
    "recovery_code.added": _("Recovery codes made"),
    "recovery_code.removed": _("Recovery codes removed"),
    "recovery_code.used": _("A recovery code was used"),
    "mail_address.asked": _("Another mail address asked for"),
    "mail_address.confirmed": _("The new mail address was confirmed, and waits"),
    "mail_address.stopped": _("The change of the mail address was stopped"),
    "mail_address.lapsed": _("The change of the mail address lapsed"),
    "mail_address.done": _("Mail address changed"),
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
