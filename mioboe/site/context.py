from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from mioboe.site.one_machine import by_name_of


def shop_name(language: str | None = None) -> str:
    """The shop's name in a language (the current one by default)."""
    return settings.MIOBOE_SHOP_NAME["en" if (language or get_language() or "ja").startswith("en") else "ja"]


def everywhere(request: HttpRequest) -> dict[str, object]:
    """What every template may use."""
    return {
        "shop_name": shop_name(),
        "live_url": by_name_of(settings.MIOBOE_LIVE_URL, request.META.get("HTTP_HOST", "")),
        "caller_id": settings.MIOBOE_CALLER_ID,
        "is_demo": settings.DEMO,
    }
