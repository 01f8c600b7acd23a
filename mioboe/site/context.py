from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def shop_name(language: str | None = None) -> str:
    """The shop's name in a language (the current one by default)."""
    return settings.MIOBOE_SHOP_NAME["en" if (language or get_language() or "ja").startswith("en") else "ja"]


def everywhere(request: HttpRequest) -> dict[str, object]:
    """What every template may use."""
    return {
        "shop_name": shop_name(),
        "live_url": settings.MIOBOE_LIVE_URL,
        "caller_id": settings.MIOBOE_CALLER_ID,
        "is_demo": settings.DEMO,
    }
