from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from mioboe.site.context import shop_name


class AccountAdapter(DefaultAccountAdapter):
    """Where allauth meets this house: its mails carry our name and address, and it reads the client's address that
    `site.client_address` has found."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context = context | {"shop_name": shop_name(), "contact_url": f"{settings.MIOBOE_BASE_URL}/help/"}
        super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META["REMOTE_ADDR"])
