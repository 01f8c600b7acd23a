from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpConfig(AppConfig):
    name = "mioboe.help"
    label = "help"

    def ready(self) -> None:
        from mioboe.cases.models import ChannelKind
        from mioboe.help.channels import Channel, offer

        offer(
            Channel(
                ChannelKind.PHONE,
                _("By telephone"),
                _("We call you, now or when it suits you."),
                "telephone-fill",
                "help:contact_phone",
            )
        )
