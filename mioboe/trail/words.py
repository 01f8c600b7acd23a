"""What entries say to people. Each room tells its verbs at start (`apps.ready`), so that this room knows none of them."""

from collections.abc import Mapping
from typing import Protocol

from django.utils.functional import Promise
from moneyed import JPY, Money

from mioboe.site.language import is_japanese
from mioboe.site.templatetags.site_tags import money

_words: dict[str, str | Promise] = {}


class _Entry(Protocol):
    verb: str
    detail: dict[str, object]


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"


def tell(words: Mapping[str, str | Promise]) -> None:
    """Adds a room's verbs: `{"refund.settled": _("Refunded: {amount}")}`; `{…}` are filled from the entry's detail, an
    `amount` (whole yen) as money is written in the reader's language, and {"ja": …, "en": …} as the one of the reader's
    language."""
    _words.update(words)


def in_words(entry: _Entry) -> str:
    """The sentence for an entry; the bare verb where nobody told words for it (a test sees to it that somebody does)."""
    detail = _Blank(entry.detail)
    if isinstance(detail.get("amount"), int):
        detail["amount"] = money(Money(detail["amount"], JPY))
    # What the operator has put into words, in both languages.
    language = "ja" if is_japanese() else "en"
    detail.update(
        {name: value[language] for name, value in detail.items() if isinstance(value, dict) and language in value}
    )
    return str(_words.get(entry.verb, entry.verb)).format_map(detail)


def known_verbs() -> set[str]:
    return set(_words)
