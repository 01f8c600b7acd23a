"""Days on which a shop is closed, as settings list them: "12-31" of every year, "2027-05-06", and a country's public holidays."""

from collections.abc import Collection
from datetime import date
from functools import cache

import holidays

_LEAP_YEAR = 2024  # in which 02-29 is a day


def is_closed(day: date, days: Collection[str], country: str) -> bool:
    """Whether it is among the listed days, or a public holiday of the country ("" for none)."""
    return day.isoformat() in days or day.strftime("%m-%d") in days or bool(country and day in holidays_of(country))


def check_day(text: str) -> None:
    """Raises ValueError for what is no day of the list."""
    date.fromisoformat(text if len(text) == len("2027-05-06") else f"{_LEAP_YEAR}-{text}")


@cache
def holidays_of(country: str) -> holidays.HolidayBase:
    """Public holidays; years are worked out as they are asked for. Raises NotImplementedError for an unknown country."""
    return holidays.country_holidays(country)
