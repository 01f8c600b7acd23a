"""When customers are called: the operator's hours, and the times that may be asked for.

Hours are on the shop's clock (MIOBOE_TIME_ZONE); moments are UTC. Each moment is looked at on the shop's clock by itself, so that
the hour that a clock change skips or repeats needs no rule.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from mioboe.site.closed_days import check_day, holidays_of, is_closed
from mioboe.site.errors import StartError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOT = timedelta(minutes=15)
# How far ahead a call may be asked for, and how soon "a little later" is.
FARTHEST = timedelta(days=3)
SOON = timedelta(minutes=5)
# The first time of the list is not now: "now" and "in 5 minutes" are choices of their own.
FIRST_SLOT_AFTER = timedelta(minutes=10)
# How far the next opening is looked for: closed for longer, a shop says that it does not know.
LONGEST_CLOSED = timedelta(days=30)
DAY_MINUTES = 24 * 60
_HOURS = re.compile(r"(\w{3})(?:-(\w{3}))? (\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_QUARTERS = ("00", "15", "30", "45")
_DAY = re.compile(r"(?:\d{4}-)?\d{2}-\d{2}")
HOLIDAYS = "holidays-"


class Closed(ValueError):
    """Nobody calls at that time: it is outside of the opening hours, over, or too far away."""


@dataclass(frozen=True)
class Slot:
    """A time that may be asked for."""

    at: datetime  # UTC
    key: str  # as forms send it


@dataclass(frozen=True)
class Opening:
    """The operator's hours: for each weekday from Monday pairs of minutes of the day, and the days that are closed."""

    hours: tuple[tuple[tuple[int, int], ...], ...]
    closed_days: frozenset[str]  # "12-31" of every year, or "2027-05-06"
    holidays_of: str  # the country whose public holidays are closed; "" for none
    zone: tzinfo

    @property
    def is_always(self) -> bool:
        return all(day == ((0, DAY_MINUTES),) for day in self.hours) and not self.closed_days and not self.holidays_of

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.hours_on(local.date()))

    def hours_on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The minutes of a day within which customers are called."""
        return () if is_closed(day, self.closed_days, self.holidays_of) else self.hours[day.weekday()]

    def next_open(self, moment: datetime) -> datetime | None:
        """The moment itself where it is within the hours, else when they begin next; None where that is more than 30 days away."""
        if self.is_open(moment):
            return moment
        for at in _grid(moment, moment + LONGEST_CLOSED):
            if self.is_open(at):
                return at
        return None

    def closes(self, moment: datetime) -> datetime | None:
        """When the hours that run at a moment end; None where they do not within three days, or do not run."""
        if not self.is_open(moment):
            return None
        return next((at for at in _grid(moment, moment + FARTHEST) if not self.is_open(at)), None)

    def slots(self, now: datetime) -> list[Slot]:
        """The times that may be asked for within the next three days, every quarter of an hour."""
        times = _grid(now + FIRST_SLOT_AFTER, now + FARTHEST)
        return [Slot(at, key_of(at)) for at in times if self.is_open(at)]

    def check(self, due_at: datetime, now: datetime) -> None:
        """Raises Closed where nobody may be called then."""
        if not now - SLOT <= due_at <= now + FARTHEST or not self.is_open(due_at):
            raise Closed


def _grid(start: datetime, end: datetime) -> Iterator[datetime]:
    """The quarters of an hour after `start` up to `end`, UTC. Every zone's clock shows whole quarters then."""
    seconds = int(SLOT.total_seconds())
    at = datetime.fromtimestamp((int(start.timestamp()) // seconds + 1) * seconds, UTC)
    while at <= end:
        yield at
        at += SLOT


def key_of(moment: datetime) -> str:
    """A time as forms send it: 2026-11-25T09:15Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def moment_of(key: str) -> datetime | None:
    """The moment that a form sent; None where it is none."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z", key, re.ASCII):
        return None
    try:
        return datetime.strptime(key, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def shop_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def opening() -> Opening:
    """What is set."""
    return read(tuple(settings.MIOBOE_CALL_HOURS), tuple(settings.MIOBOE_CALL_CLOSED), settings.TIME_ZONE)


@lru_cache(maxsize=32)
def read(hours: tuple[str, ...], closed: tuple[str, ...], zone: str) -> Opening:
    """What settings say: hours such as "mon-fri 09:00-18:00", closed days such as "12-31", "2027-05-06", "holidays-JP". Raises
    StartError."""
    days: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for line in hours:
        first, last, start, end = _understood(line)
        for day in range(first, last + 1):
            days[day].append((start, end))
    if not any(days):
        raise StartError("MIOBOE_CALL_HOURS leaves no hour to call in")
    plain = frozenset(day for day in closed if not day.startswith(HOLIDAYS))
    countries = [day.removeprefix(HOLIDAYS) for day in closed if day.startswith(HOLIDAYS)]
    for closed_day in plain:
        _check_day(closed_day)
    if len(countries) > 1:
        raise StartError("MIOBOE_CALL_CLOSED knows the holidays of one country")
    for country in countries:
        try:
            holidays_of(country)
        except NotImplementedError as error:
            raise StartError(f"MIOBOE_CALL_CLOSED: nobody knows the holidays of {country!r}") from error
    return Opening(tuple(tuple(sorted(day)) for day in days), plain, countries[0] if countries else "", ZoneInfo(zone))


def _understood(line: str) -> tuple[int, int, int, int]:
    match = _HOURS.fullmatch(line.strip().lower())
    is_right = match and match[1] in WEEKDAYS and (match[2] or match[1]) in WEEKDAYS
    if match and is_right:
        first, last = WEEKDAYS.index(match[1]), WEEKDAYS.index(match[2] or match[1])
        start, end = int(match[3]) * 60 + int(match[4]), int(match[5]) * 60 + int(match[6])
        is_quarter = match[4] in _QUARTERS and match[6] in _QUARTERS
        if first <= last and 0 <= start < end <= DAY_MINUTES and is_quarter:
            return first, last, start, end
    raise StartError(
        f"MIOBOE_CALL_HOURS is a list such as mon-fri 09:00-18:00, sat 10:00-15:30, in quarters of an hour; {line!r} is none of it"
    )


def _check_day(day: str) -> None:
    try:
        if _DAY.fullmatch(day) is None:
            raise ValueError
        check_day(day)
    except ValueError as error:
        raise StartError(
            f"MIOBOE_CALL_CLOSED is a list of 12-31, 2027-05-06, holidays-JP; {day!r} is none of it"
        ) from error
