"""Timelines for people. Whoever looks at a case is in the trail each time, and the audit shows all of it; to whoever reads
what happened, ten looks of one agent in an hour are one."""

from collections.abc import Iterable
from datetime import timedelta
from heapq import merge
from itertools import islice

from django.db.models import Q

from mioboe.trail.models import Entry

# How verbs of looking end: "case.viewed", "parcels.listed".
_LOOKS = (".viewed", ".listed")
ONE_ROW_WITHIN = timedelta(hours=1)
MOST_LOOKS = 200


def readable_timeline(*about: str, limit: int = 200) -> list[Entry]:
    """The newest `limit` entries about any of these, newest first. Looks of one person within an hour are one entry, the
    first of them, with `looks` saying how many there were (of the newest 200 looks)."""
    is_look = Q()
    for ending in _LOOKS:
        is_look |= Q(verb__endswith=ending)
    # Sliced after the looks are told apart, so that no row of looks pushes out what happened.
    whole = Entry.objects.filter(about__overlap=list(about)).select_related("actor").order_by("-at", "-id")
    happened, looks = whole.exclude(is_look)[:limit], whole.filter(is_look)[:MOST_LOOKS]
    newest_first = merge(happened, _folded(looks), key=lambda entry: (entry.at, entry.pk), reverse=True)
    return list(islice(newest_first, limit))


def _folded(newest_first: Iterable[Entry]) -> list[Entry]:
    """The first look of each row."""
    rows: dict[tuple[str, int | None], Entry] = {}
    first: list[Entry] = []
    for look in reversed(list(newest_first)):
        row = rows.get((look.verb, look.actor_id))
        if row is not None and look.at - row.at < ONE_ROW_WITHIN:
            row.looks += 1
        else:
            look.looks = 1
            rows[look.verb, look.actor_id] = look
            first.append(look)
    return first[::-1]
