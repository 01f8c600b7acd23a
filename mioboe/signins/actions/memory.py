"""This process's copy of everybody's tallies and of the operator's thresholds, some seconds old at most. Nothing is in it that
the database has not: what a process lacks is one small query away."""

import threading
import time

from django.db import connection

from mioboe.signins.familiarity import Tallies
from mioboe.signins.familiarity.keys import KIND_MASK, Kind
from mioboe.signins.models import Level, Threshold

FRESH_S = 5.0
# Scores in tenths (15 is 1.5: somebody else is 30 times likelier than the owner). docs/recognition.md says where these come from.
DEFAULT_TENTHS = {Level.UNFAMILIAR: 0, Level.VERY_UNFAMILIAR: 10}


class _Memory:
    def __init__(self) -> None:
        self.tallies = Tallies()
        self.tenths = dict(DEFAULT_TENTHS)
        self.fold = 0
        self.read_at = float("-inf")


_memory = _Memory()
_refreshing = threading.Lock()


def tallies() -> Tallies:
    """Everybody's tallies. While one thread brings them up to date, the others go on with the old."""
    _freshen()
    return _memory.tallies


def tenths_from(level: Level) -> int:
    """The threshold of a level, in tenths of the score."""
    _freshen()
    return _memory.tenths[level]


def look_again() -> None:
    """The next question reads the database, however fresh the copy is."""
    _memory.read_at = float("-inf")


def forget() -> None:
    """Begins anew, as a process that has just started."""
    global _memory
    _memory = _Memory()


def _freshen() -> None:
    if time.monotonic() - _memory.read_at <= FRESH_S:
        return
    if _refreshing.acquire(blocking=_memory.read_at == float("-inf")):
        try:
            if time.monotonic() - _memory.read_at > FRESH_S:
                refresh()
        finally:
            _refreshing.release()


def refresh() -> None:
    """Reads what has changed since the last time. Addresses seen once are left out: nobody else's, they weigh nothing."""
    memory = _memory
    with connection.cursor() as cursor:
        cursor.execute("SELECT fold, sign_ins, cleared FROM signins_fold WHERE id = 1")
        fold, sign_ins, cleared = cursor.fetchone() or (0, 0, 0)
        if memory.fold < cleared or fold < memory.fold:
            memory.tallies, memory.fold = Tallies(), 0
        if fold != memory.fold:
            # A fold that commits between the two queries is read again the next time: counts are set, not added.
            cursor.execute(
                "SELECT key, count FROM signins_tally WHERE fold > %s AND key & %s <> %s AND (count <> 1 OR key & %s <> %s)",
                [memory.fold, KIND_MASK, Kind.SCORE, KIND_MASK, Kind.ADDRESS],
            )
            for key, count in cursor.fetchall():
                memory.tallies.put(key, count)
    memory.tenths = DEFAULT_TENTHS | {
        Level(level): tenths for level, tenths in Threshold.objects.values_list("level", "tenths")
    }
    memory.tallies.sign_ins, memory.fold, memory.read_at = sign_ins, fold, time.monotonic()
