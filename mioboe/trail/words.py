"""What entries say to people. Each room tells its verbs at start (`apps.ready`), so that this room knows none of them."""

from collections.abc import Mapping
from typing import Protocol

from django.utils.functional import Promise

_words: dict[str, str | Promise] = {}


class _Entry(Protocol):
    verb: str
    detail: dict[str, object]


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"


def tell(words: Mapping[str, str | Promise]) -> None:
    """Adds a room's verbs: `{"order.placed": _("Ordered: {goods}")}`; `{…}` are filled from the entry's detail."""
    _words.update(words)


def in_words(entry: _Entry) -> str:
    """The sentence for an entry; the bare verb where nobody told words for it (a test sees to it that somebody does)."""
    return str(_words.get(entry.verb, entry.verb)).format_map(_Blank(entry.detail))


def known_verbs() -> set[str]:
    return set(_words)
