"""From which score on a sign-in is unfamiliar: the operator's choice, made while seeing what it would have touched."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.memory import DEFAULT_TENTHS, look_again, tenths_from
from mioboe.signins.familiarity.keys import KIND_BITS, KIND_MASK, Kind, numbered
from mioboe.signins.models import Level, Threshold
from mioboe.trail.actions import record

LEAST_TENTHS, MOST_TENTHS = -80, 80
_BIN_BITS = 8
_NOT_WEIGHED = 0  # a proven device, or an account's first sign-in: no threshold touches it
KEPT_DAYS = 62
TOPIC = "thresholds"  # under which the trail keeps who set what


def tenths_of(score: float) -> int:
    """The score as thresholds see it: whole tenths, rounded down, within -8 and +8."""
    return int(max(LEAST_TENTHS, min(score * 10 // 1, MOST_TENTHS)))


def is_over(level: Level, tenths: int) -> bool:
    return tenths >= tenths_from(level)


def set_threshold(level: Level, tenths: int, by: Person) -> None:
    """Sets a level's threshold for sign-ins from a few seconds on, in every process. Raises ValueError outside of -80 to 80 tenths."""
    if not LEAST_TENTHS <= tenths <= MOST_TENTHS:
        raise ValueError(f"a threshold lies between {LEAST_TENTHS} and {MOST_TENTHS} tenths, not at {tenths}")
    Threshold.objects.update_or_create(level=level, defaults={"tenths": tenths, "set_by": by, "set_at": timezone.now()})
    look_again()


def thresholds() -> dict[Level, int]:
    """Both as the database has them now, in tenths."""
    there = {Level(level): tenths for level, tenths in Threshold.objects.values_list("level", "tenths")}
    return DEFAULT_TENTHS | there


@transaction.atomic
def set_thresholds(unfamiliar: int, very_unfamiliar: int, by: Person) -> bool:
    """Sets both, in tenths, and notes on the trail what they were, so that it can be taken back. False where nothing changed. Raises
    ValueError outside of -80 to 80, or where very unfamiliar would begin below unfamiliar."""
    if very_unfamiliar < unfamiliar:
        raise ValueError("very unfamiliar begins at unfamiliar or above it")
    with connection.cursor() as cursor:
        # Two operators at once: each one's entry tells what really was before.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('signins.thresholds'))")
    before = thresholds()
    new = {Level.UNFAMILIAR: unfamiliar, Level.VERY_UNFAMILIAR: very_unfamiliar}
    if new == before:
        return False
    for level, tenths in new.items():
        if tenths != before[level] or not Threshold.objects.filter(level=level).exists():
            set_threshold(level, tenths, by)
    told = {level.value: f"{tenths / 10:.1f}" for level, tenths in new.items()}
    told |= {f"{level.value}_before": f"{tenths / 10:.1f}" for level, tenths in before.items()}
    record("thresholds.set", [TOPIC], None, **told)
    return True


def score_key(day: int, score: float | None) -> int:
    """The key under which everybody's tallies count a day's sign-ins with this score."""
    place = _NOT_WEIGHED if score is None else tenths_of(score) - LEAST_TENTHS + 1
    return numbered(Kind.SCORE, day << _BIN_BITS | place)


@dataclass(frozen=True)
class Scores:
    """The last days' sign-ins by their score."""

    counts: dict[int, int]  # by tenths, from -80 to 80
    not_weighed: int  # a device that proved itself, an account's first: no threshold touches them

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.not_weighed

    def touched(self, tenths: int) -> int:
        """How many a threshold there would have touched."""
        return sum(count for score, count in self.counts.items() if score >= tenths)


def last_scores(days: int = 30) -> Scores:
    """Reads at most some thousand rows of tallies, by their primary key, however many sign-ins there were."""
    today = int(timezone.now().timestamp() // 86400)
    with connection.cursor() as cursor:
        # The kind is in the lowest bits, so that the key's range would hold the other kinds, too: ask for the very keys.
        cursor.execute(
            "SELECT (key >> %s) & 255, sum(count) FROM signins_tally WHERE key = ANY(%s) GROUP BY 1",
            [
                KIND_BITS,
                [
                    numbered(Kind.SCORE, day << _BIN_BITS | place)
                    for day in range(today - days, today + 1)
                    for place in range(MOST_TENTHS - LEAST_TENTHS + 2)
                ],
            ],
        )
        found = {int(place): int(count) for place, count in cursor.fetchall()}
    counts = {tenths: found.get(tenths - LEAST_TENTHS + 1, 0) for tenths in range(LEAST_TENTHS, MOST_TENTHS + 1)}
    return Scores(counts, found.get(_NOT_WEIGHED, 0))


def share_touched(days: int = 30) -> dict[int, float]:
    """Which share of the last days' sign-ins each possible threshold (in tenths) would have touched."""
    scores = last_scores(days)
    return {tenths: scores.touched(tenths) / (scores.total or 1) for tenths in scores.counts}


def forget_old_scores() -> int:
    """Drops the days that no page asks for any more; answers how many rows. May be called twice."""
    oldest = int(timezone.now().timestamp() // 86400) - KEPT_DAYS
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM signins_tally WHERE key & %s = %s AND key < %s",
            [KIND_MASK, Kind.SCORE, numbered(Kind.SCORE, oldest << _BIN_BITS)],
        )
        return cursor.rowcount
