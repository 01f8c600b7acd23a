"""The ways to reach us. A room that can be reached in one more way offers it here when it starts; what nobody offers, no page shows."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from mioboe.cases.models import ChannelKind

# In this order, whoever offers them first.
ORDER = (ChannelKind.PHONE, ChannelKind.CHAT, ChannelKind.MAIL)


@dataclass(frozen=True)
class Channel:
    kind: ChannelKind
    words: str | Promise
    more: str | Promise  # what happens then
    icon: str  # a bootstrap-icons name without "bi-"
    page: str  # the route of its page, which takes what was chosen as its query: help/choices.py

    def url(self, query: str) -> str:
        return f"{reverse(self.page)}?{query}"


_offered: dict[ChannelKind, Channel] = {}


def offer(channel: Channel) -> None:
    """Adds a way to reach us. May be called twice: the last one of a kind holds."""
    _offered[channel.kind] = channel


def ways(kinds: Collection[str]) -> list[Channel]:
    """Of these kinds, those that are there."""
    return [_offered[kind] for kind in ORDER if kind in kinds and kind in _offered]


def others(kind: ChannelKind, kinds: Collection[str] = tuple(ChannelKind)) -> list[Channel]:
    """What is left where one way is closed."""
    return [channel for channel in ways(kinds) if channel.kind != kind]
