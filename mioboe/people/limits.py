"""How often something may be done within a window of time, counted in the database, so that every process counts the same and
nobody can push a count out of a full cache."""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from mioboe.people.models import Count


@dataclass(frozen=True)
class Limit:
    name: str
    most: int
    window_s: int

    def key(self, about: str) -> str:
        """Only a digest is kept: what is counted may be a mail address."""
        return hashlib.sha256(f"{self.name}|{about}".encode("utf-8", "surrogatepass")).hexdigest()


def count(limit: Limit, about: str) -> int:
    """Counts one more and answers how many seconds to wait: 0 within the limit. One statement, which commits by itself outside a
    transaction; however many ask at once, no more than `limit.most` are let through."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_count AS c (key, began_at, ends_at, times) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (key) DO UPDATE SET"
            " times = CASE WHEN c.ends_at <= excluded.began_at THEN 1 ELSE least(c.times + 1, %s) END,"
            " began_at = CASE WHEN c.ends_at <= excluded.began_at THEN excluded.began_at ELSE c.began_at END,"
            " ends_at = CASE WHEN c.ends_at <= excluded.began_at THEN excluded.ends_at ELSE c.ends_at END"
            " RETURNING times, ends_at",
            [limit.key(about), now, now + timedelta(seconds=limit.window_s), limit.most + 1],
        )
        times, ends_at = cursor.fetchone()
    return math.ceil((ends_at - now).total_seconds()) if times > limit.most else 0


def uncount(limit: Limit, about: str) -> None:
    """Takes one back: what was counted beforehand turned out to be none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_count SET times = times - 1 WHERE key = %s AND times > 0 AND ends_at > %s",
            [limit.key(about), timezone.now()],
        )


def counted(limit: Limit, about: str) -> int:
    """How many there were in the window that is running now; at most one more than `limit.most`."""
    row = Count.objects.filter(pk=limit.key(about), ends_at__gt=timezone.now()).first()
    return row.times if row else 0


def forget(limit: Limit, about: str) -> None:
    """The count begins anew. May be called twice."""
    Count.objects.filter(pk=limit.key(about)).delete()


def drop_old_counts() -> int:
    """Drops what is over; answers how many. May be called twice."""
    return Count.objects.filter(ends_at__lte=timezone.now()).delete()[0]
