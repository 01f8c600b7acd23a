"""The operator's settings of delivery, read from MIOBOE_DELIVERY (TOML) once."""

import tomllib
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from mioboe.signins.places import PREFECTURES
from mioboe.site.closed_days import check_day, holidays_of, is_closed
from mioboe.site.errors import StartError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_CLOSED_DAYS = 60
LONGEST_WAY_DAYS = 30


@dataclass(frozen=True)
class Area:
    prefectures: frozenset[str]  # in English; empty: every other one
    cut_off: time
    days: int
    window: tuple[int, int]  # hours of the day


@dataclass(frozen=True)
class Delivery:
    country: str
    closed_weekdays: frozenset[int]
    closed_days: frozenset[str]  # "12-31" or "2027-05-06"
    home: str
    areas: tuple[Area, ...]

    def area(self, prefecture: str) -> Area:
        """The area of a prefecture, told in either language; the last one where nobody knows it."""
        name = english(prefecture)
        return next((area for area in self.areas if name in area.prefectures), self.areas[-1])

    def is_working_day(self, day: date) -> bool:
        return day.weekday() not in self.closed_weekdays and not is_closed(day, self.closed_days, self.country)

    def next_working_day(self, day: date) -> date:
        """The day itself where it is one. Raises StartError for a shop that is closed for more than 60 days."""
        for later in range(LONGEST_CLOSED_DAYS + 1):
            if self.is_working_day(day + timedelta(days=later)):
                return day + timedelta(days=later)
        raise StartError(f"MIOBOE_DELIVERY: the shop is closed for more than {LONGEST_CLOSED_DAYS} days from {day} on")


def english(prefecture: str) -> str:
    """Tokyo for 東京都, 東京, Tokyo or tokyo; other words as they are."""
    plain = prefecture.strip()
    for name, japanese in PREFECTURES.items():
        if plain.casefold() == name.casefold() or (plain and plain in (japanese, japanese[:-1])):
            return name
    return plain


def japanese(prefecture: str) -> str:
    return PREFECTURES.get(english(prefecture), prefecture)


@cache
def delivery() -> Delivery:
    """The settings. Raises StartError, saying what is wrong with the file."""
    return read(settings.MIOBOE_DELIVERY)


def read(path: Path) -> Delivery:
    """The settings in a file. Raises StartError."""
    try:
        return _understood(tomllib.loads(path.read_text()))
    except OSError as error:
        raise StartError(f"MIOBOE_DELIVERY: {path} cannot be read ({error.strerror})") from error
    except KeyError as error:
        raise StartError(f"MIOBOE_DELIVERY: {path} lacks {error}") from error
    except (ValueError, TypeError, AttributeError, NotImplementedError) as error:
        raise StartError(f"MIOBOE_DELIVERY: {path} is wrong: {error}") from error


def _understood(told: dict[str, Any]) -> Delivery:
    areas = tuple(_area(area) for area in told["areas"])
    if not areas or areas[-1].prefectures:
        raise ValueError("the last of the areas names no prefectures: it holds for the rest")
    holidays_of(told["country"])
    weekdays = frozenset(WEEKDAYS.index(day) for day in told["closed_weekdays"])
    if len(weekdays) == len(WEEKDAYS):
        raise ValueError("closed_weekdays leaves no day to work on")
    for day in told["closed_days"]:
        check_day(day)
    if english(told["home"]) not in PREFECTURES:
        raise ValueError(f"home {told['home']!r} is no prefecture")
    return Delivery(told["country"], weekdays, frozenset(told["closed_days"]), english(told["home"]), areas)


def _area(told: dict[str, Any]) -> Area:
    names = frozenset(english(name) for name in told.get("prefectures", []))
    unknown = sorted(names - set(PREFECTURES))
    if unknown:
        raise ValueError(f"no prefecture is called {', '.join(unknown)}")
    start, end = told["window"]
    if not (isinstance(told["cut_off"], time) and 0 <= told["days"] <= LONGEST_WAY_DAYS and 0 <= start < end <= 23):
        raise ValueError("an area has a cut_off (13:00:00), days (0 to 30) and a window of two hours ([18, 21])")
    if told["days"] == 0 and told["cut_off"] > time(start):
        raise ValueError("a parcel cannot arrive on the day before it is ordered: cut_off is after the window's begin")
    return Area(names, told["cut_off"], told["days"], (start, end))
