"""The language that a page or mail is being written in."""

from django.utils.translation import get_language


def is_japanese() -> bool:
    """Japanese, which the shop speaks where nobody has said otherwise; else it is English."""
    return (get_language() or "ja").startswith("ja")
