from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mioboe.orders import delivery as rules
from mioboe.orders.models import Kind, Product
from mioboe.orders.promises import promise_for
from mioboe.people.models import Address
from mioboe.signins.places import PREFECTURES
from mioboe.site.errors import StartError

TOKYO = ZoneInfo("Asia/Tokyo")
KETTLE = Product(slug="kettle", kind=Kind.PARCEL, stock=3)
FILM = Product(slug="film", kind=Kind.FILM)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def to(prefecture: str) -> Address:
    return Address(prefecture=prefecture)


def test_ordered_before_the_cut_off_it_comes_the_same_day():
    promise = promise_for(KETTLE, to("東京都"), at("2026-11-25T12:59:59"))
    assert promise.date == date(2026, 11, 25)
    assert promise.cut_off == at("2026-11-25T13:00")
    assert promise.window == (at("2026-11-25T18:00"), at("2026-11-25T21:00"))


def test_at_the_cut_off_it_is_the_next_day():
    assert promise_for(KETTLE, to("Tokyo"), at("2026-11-25T13:00")).date == date(2026, 11, 26)


@pytest.mark.parametrize("name", ["沖縄", "沖縄県", "Okinawa", "okinawa "])
def test_far_prefectures_take_longer_in_either_language(name):
    assert promise_for(KETTLE, to(name), at("2026-11-25T09:00")).date == date(2026, 11, 27)


def test_sundays_holidays_and_closing_days_are_no_working_days():
    tokyo = to("Tokyo")
    assert promise_for(KETTLE, tokyo, at("2026-11-29T09:00")).date == date(2026, 11, 30)  # Sunday
    assert promise_for(KETTLE, tokyo, at("2026-11-23T09:00")).date == date(2026, 11, 24)  # Labour Thanksgiving Day
    assert promise_for(KETTLE, tokyo, at("2026-12-30T14:00")).date == date(2027, 1, 4)  # over New Year
    assert promise_for(KETTLE, tokyo, at("2026-05-02T14:00")).date == date(
        2026, 5, 7
    )  # Golden Week and its substitute day


def test_a_leap_day_is_a_day():
    assert promise_for(KETTLE, to("Tokyo"), at("2028-02-28T14:00")).date == date(2028, 2, 29)


def test_what_must_be_made_ready_first_leaves_working_days_later():
    curtain = Product(slug="curtain", kind=Kind.PARCEL, packing_days=2)
    assert promise_for(curtain, to("Tokyo"), at("2026-11-27T09:00")).date == date(
        2026, 11, 30
    )  # Friday, Saturday, Monday


def test_the_shops_day_counts_not_the_viewers():
    new_york = at("2026-11-25T00:30").astimezone(ZoneInfo("America/New_York"))  # still the 24th there
    assert promise_for(KETTLE, to("Tokyo"), new_york).date == date(2026, 11, 25)


def test_a_film_is_there_at_once():
    promise = promise_for(FILM, None, at("2027-01-01T01:00"))
    assert promise.is_at_once and promise.cut_off is None and promise.date == date(2027, 1, 1)


def test_who_has_told_no_address_hears_of_the_shops_own_prefecture():
    assert promise_for(KETTLE, None, at("2026-11-25T09:00")).prefecture == "Tokyo"


moments = st.datetimes(datetime(2000, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))
places = st.sampled_from([*PREFECTURES, *PREFECTURES.values(), "", "Somewhere"])
packing = st.integers(0, 5)


@given(moments, places, packing)
def test_nothing_is_promised_for_the_past(now, place, days):
    promise = promise_for(Product(kind=Kind.PARCEL, packing_days=days), to(place), now)
    assert promise.cut_off and promise.window
    assert now < promise.cut_off <= promise.window[0] < promise.window[1]
    assert promise.date == promise.window[0].astimezone(TOKYO).date()
    assert promise.cut_off - now < timedelta(days=12)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=20)), places, packing)
def test_who_orders_later_is_promised_nothing_earlier(now, later, place, days):
    good = Product(kind=Kind.PARCEL, packing_days=days)
    first, second = promise_for(good, to(place), now), promise_for(good, to(place), now + later)
    assert first.cut_off <= second.cut_off and first.date <= second.date and first.window <= second.window


@given(moments, places)
def test_who_keeps_to_the_cut_off_gets_what_was_promised(now, place):
    promise = promise_for(KETTLE, to(place), now)
    assert promise_for(KETTLE, to(place), promise.cut_off - timedelta(microseconds=1)) == promise


def test_summer_time_does_not_break_a_promise(settings):
    settings.TIME_ZONE = "America/New_York"
    begin = datetime(2026, 10, 30, tzinfo=UTC)
    promises = [promise_for(KETTLE, to("Tokyo"), begin + timedelta(minutes=20 * step)) for step in range(400)]
    assert all(before.window <= after.window for before, after in pairwise(promises))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("cut_off = 13:00:00", "cut_off = 19:00:00"), "cannot arrive"),
        (("cut_off = 13:00:00", 'cut_off = "noon"'), "cut_off"),
        (('"Tokyo", "Kanagawa"', '"Atlantis"'), "Atlantis"),
        (('["sunday"]', '["funday"]'), "wrong"),
        (('"12-31"', '"13-31"'), "wrong"),
        (('country = "JP"', 'country = "ZZZ"'), "wrong"),
        (('country = "JP"', ""), "lacks"),
        (("window = [19, 21]", "window = [21, 19]"), "window"),
    ],
)
def test_a_wrong_file_of_the_operators_is_told_in_one_line(tmp_path, settings, change, words):
    file = tmp_path / "delivery.toml"
    file.write_text(settings.MIOBOE_DELIVERY.read_text().replace(*change))
    with pytest.raises(StartError, match=words):
        rules.read(file)
