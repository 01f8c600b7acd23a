from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mioboe.trail.words import tell

VERBS = {
    "mail.sent": _("Mail sent: {subject}"),
    "mail.failed": _("Mail could not be delivered: {problem}"),
}


class MailsConfig(AppConfig):
    name = "mioboe.mails"
    label = "mails"

    def ready(self) -> None:
        tell(VERBS)
