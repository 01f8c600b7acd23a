"""When customers are called."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as some

from mioboe.calls.opening import FARTHEST, SLOT, Closed, moment_of, read
from mioboe.calls.opening_words import clocks, hours_words
from mioboe.help.calling import _shown
from mioboe.site.errors import StartError

ALWAYS = ("mon-sun 00:00-24:00",)
OFFICE = ("mon-fri 09:00-18:00", "sat 10:00-15:00")
TOKYO = "Asia/Tokyo"


def tokyo(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 on the shop's clock; 25 November is a Wednesday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(TOKYO))


def test_always_is_always():
    hours = read(ALWAYS, (), TOKYO)
    assert hours.is_always and hours.is_open(tokyo(25, 0)) and hours.is_open(tokyo(29, 23, 59))
    assert hours.closes(tokyo(25, 1)) is None


def test_hours_begin_and_end_on_the_shops_clock():
    hours = read(OFFICE, (), TOKYO)
    assert not hours.is_open(tokyo(25, 8, 59)) and hours.is_open(tokyo(25, 9))
    assert hours.is_open(tokyo(25, 17, 59)) and not hours.is_open(tokyo(25, 18))
    assert hours.is_open(tokyo(28, 10)) and not hours.is_open(tokyo(29, 10))
    assert hours.next_open(tokyo(28, 15)) == tokyo(30, 9)
    assert hours.closes(tokyo(25, 12)) == tokyo(25, 18)


def test_hours_over_midnight_are_two_lines():
    hours = read(("mon-sun 20:00-24:00", "mon-sun 00:00-02:00"), (), TOKYO)
    assert hours.is_open(tokyo(25, 23, 59)) and hours.is_open(tokyo(26, 0)) and not hours.is_open(tokyo(26, 2))
    assert hours.closes(tokyo(25, 21)) == tokyo(26, 2)


def test_closed_days_are_closed():
    hours = read(OFFICE, ("12-31", "2026-11-26", "holidays-JP"), TOKYO)
    assert not hours.is_open(tokyo(26, 10))  # told by its date
    assert not hours.is_open(tokyo(31, 10, month=12))  # of every year
    assert not hours.is_open(tokyo(3, 10))  # Culture Day
    assert hours.next_open(tokyo(25, 18)) == tokyo(27, 9)
    assert not hours.is_always


def test_times_that_may_be_asked_for_lie_within_the_hours_of_three_days():
    hours = read(OFFICE, (), TOKYO)
    now = tokyo(27, 17, 20)
    times = [slot.at for slot in hours.slots(now)]
    assert times[0] == tokyo(27, 17, 45)  # not sooner than ten minutes from now, on a quarter
    assert times[-1] == tokyo(30, 17, 15)
    assert tokyo(28, 14, 45) in times and tokyo(28, 15) not in times and tokyo(29, 12) not in times


@how(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    some.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    some.sampled_from([TOKYO, "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_every_time_offered_may_be_asked_for_and_is_a_quarter_in_every_zone(moment, zone):
    hours, now = read(OFFICE, (), zone), moment.replace(tzinfo=UTC)
    for slot in hours.slots(now):
        hours.check(slot.at, now)
        assert slot.at.astimezone(ZoneInfo(zone)).minute % 15 == 0
        assert moment_of(slot.key) == slot.at and now < slot.at <= now + FARTHEST


def test_what_is_past_closed_or_too_far_is_refused():
    hours, now = read(OFFICE, (), TOKYO), tokyo(25, 12)
    for wrong in (tokyo(25, 11), tokyo(25, 18), tokyo(28, 12, 15), tokyo(29, 12), now + FARTHEST + SLOT):
        with pytest.raises(Closed):
            hours.check(wrong, now)
    hours.check(now, now)


@pytest.mark.parametrize("key", ["", "now", "2026-11-25T09:15", "2026-13-01T00:00Z", "2026-11-25T25:00Z", "x" * 50])
def test_a_time_that_is_none(key):
    assert moment_of(key) is None


def test_a_clock_change_of_the_viewer_names_each_of_two_times():
    """New York, 1 November 2026: 1:00 to 1:45 come twice."""
    hours = read(ALWAYS, (), TOKYO)
    now = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
    with timezone.override(ZoneInfo("America/New_York")), translation.override("en"):
        words = [slot.words for slot in _shown(hours.slots(now))]
    assert "01:15 EDT (14:15 at the shop)" in words and "01:15 EST (15:15 at the shop)" in words
    assert "02:15 (16:15 at the shop)" in words


def test_a_clock_change_of_the_shop_skips_no_hour_and_doubles_none():
    """Berlin, 29 March 2026: there is no 2:30; 25 October: it comes twice."""
    hours = read(("sun 02:00-04:00",), (), "Europe/Berlin")
    spring = [slot.at for slot in hours.slots(datetime(2026, 3, 29, 0, 0, tzinfo=UTC))]
    autumn = [slot.at for slot in hours.slots(datetime(2026, 10, 24, 22, 0, tzinfo=UTC))]
    assert len(spring) == 4 and len(autumn) == 12  # one hour, three hours
    assert len(set(autumn)) == 12


def test_hours_are_told_on_the_viewers_clock_with_the_shops_beside_it(settings, monkeypatch):
    settings.MIOBOE_CALL_HOURS = list(OFFICE)
    monkeypatch.setattr(timezone, "now", lambda: tokyo(25, 12))
    with translation.override("en"):
        assert hours_words() == "open until 18:00"
        with timezone.override(ZoneInfo("Europe/London")):
            assert hours_words() == "open until 09:00 (18:00 at the shop)"
            assert clocks(tokyo(26, 8)) == "today 23:00 (08:00 at the shop)" or "23:00" in clocks(tokyo(26, 8))
        monkeypatch.setattr(timezone, "now", lambda: tokyo(25, 20))
        assert hours_words() == "closed; open again: tomorrow 09:00"
    settings.MIOBOE_CALL_HOURS = list(ALWAYS)
    with translation.override("ja"):
        assert hours_words() == "24時間受付"


@pytest.mark.parametrize(
    ("hours", "closed"),
    [
        ((), ()),
        (("always",), ()),
        (("mon 18:00-09:00",), ()),
        (("mon 09:00-25:00",), ()),
        (("mon 09:75-10:00",), ()),
        (("mon 09:00-10:10",), ()),
        (("fri-mon 09:00-10:00",), ()),
        (("day 09:00-10:00",), ()),
        (ALWAYS, ("12-32",)),
        (ALWAYS, ("tomorrow",)),
        (ALWAYS, ("holidays-Atlantis",)),
        (ALWAYS, ("holidays-JP", "holidays-US")),
    ],
)
def test_a_wrong_setting_stops_the_start(hours, closed):
    with pytest.raises(StartError, match=r"MIOBOE_CALL_(HOURS|CLOSED)"):
        read(hours, closed, TOKYO)


def test_tomorrow_is_the_viewers(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: tokyo(25, 8))
    with translation.override("en"), timezone.override(ZoneInfo("America/New_York")):
        assert clocks(tokyo(25, 15)) == "tomorrow 01:00 (15:00 at the shop)"
        assert clocks(tokyo(25, 8) + timedelta(minutes=30)) == "18:30 (08:30 at the shop)"
