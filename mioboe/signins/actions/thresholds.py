"""From which score on a sign-in is unfamiliar: the operator's choice, made while seeing what it would have touched."""

from django.db import connection
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins.actions.memory import look_again, tenths_from
from mioboe.signins.familiarity.keys import KIND_BITS, KIND_MASK, Kind, numbered
from mioboe.signins.models import Level, Threshold

LEAST_TENTHS, MOST_TENTHS = -80, 80
_BIN_BITS = 8
_NOT_WEIGHED = 0  # a proven device, or an account's first sign-in: no threshold touches it
KEPT_DAYS = 62


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


def score_key(day: int, score: float | None) -> int:
    """The key under which everybody's tallies count a day's sign-ins with this score."""
    place = _NOT_WEIGHED if score is None else tenths_of(score) - LEAST_TENTHS + 1
    return numbered(Kind.SCORE, day << _BIN_BITS | place)


def share_touched(days: int = 30) -> dict[int, float]:
    """Which share of the last days' sign-ins each possible threshold (in tenths) would have touched. Reads at most some thousand
    rows of tallies, by their primary key, however many sign-ins there were."""
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
        counts = {int(place): int(count) for place, count in cursor.fetchall()}
    total = sum(counts.values())
    touched: dict[int, float] = {}
    over = 0
    for tenths in range(MOST_TENTHS, LEAST_TENTHS - 1, -1):
        over += counts.get(tenths - LEAST_TENTHS + 1, 0)
        touched[tenths] = over / total if total else 0.0
    return dict(sorted(touched.items()))


def forget_old_scores() -> int:
    """Drops the days that no page asks for any more; answers how many rows. May be called twice."""
    oldest = int(timezone.now().timestamp() // 86400) - KEPT_DAYS
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM signins_tally WHERE key & %s = %s AND key < %s",
            [KIND_MASK, Kind.SCORE, numbered(Kind.SCORE, oldest << _BIN_BITS)],
        )
        return cursor.rowcount
