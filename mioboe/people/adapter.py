from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.translation import get_language

from mioboe.site.context import shop_name
from mioboe.site.ids import new_id, spoken


class AccountAdapter(DefaultAccountAdapter):
    """Where allauth meets this house: its mails carry our name, address and mail number, and it reads the client's address
    that `site.client_address` has found."""

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """A mail to one person; what every mail's sheet shows is added to `context`."""
        number = new_id()
        everywhere = {
            "shop_name": shop_name(),
            "language": get_language(),
            "mail_number": spoken(number),
            "help_url": f"{settings.MIOBOE_BASE_URL}/help/",
        }
        numbered = (headers or {}) | {"X-Mail-Number": number}
        return super().render_mail(template_prefix, email, context | everywhere, numbered)

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META["REMOTE_ADDR"])
