"""Telephone numbers as people type them."""

import phonenumbers
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as some
from phonenumbers import PhoneNumberType

from mioboe.calls.numbers import (
    LONGEST_TYPED,
    NotCalled,
    as_dialled,
    country_name,
    example,
    grouped_countries,
    number_to_call,
    region_of,
)
from tests import world

some_examples = how(max_examples=200, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize(
    "typed",
    [
        "090-1234-5678",
        "０９０－１２３４－５６７８",
        "090ー1234ー5678",  # the long-vowel sign of a Japanese keyboard
        "〇九〇-一二三四-五六七八",
        "090─1234─5678",
        "+81 90 1234 5678",
        "+81 090-1234-5678",
        "+81(0)90-1234-5678",
        "＋８１　９０　１２３４　５６７８",
        "0081 90 1234 5678",
        "00819012345678",
        "010 81 90 1234 5678",
        "81 90 1234 5678",
        "09012345678",
        "90-1234-5678",
        "(090) 1234 5678",
        "090.1234.5678",
        "tel:+81-90-1234-5678",
        "\u202a+81 90-1234-5678\u202c",
        "  090 1234 5678 \n",
    ],
)
def test_numbers_as_people_type_them(typed):
    assert number_to_call(typed) == world.NUMBER


@pytest.mark.parametrize(
    ("typed", "region", "wanted"),
    [
        ("(201) 555-0123", "US", "+12015550123"),
        ("07400 123456", "GB", "+447400123456"),
        ("7400 123456", "GB", "+447400123456"),
        ("0044 7400 123456", "GB", "+447400123456"),
        ("02 8646 1234", "IT", "+390286461234"),
        ("090-1234-5678", "US", None),  # read as the chosen country writes it
        ("+81 90 1234 5678", "US", world.NUMBER),  # a country typed with it counts
    ],
)
def test_the_chosen_country_is_how_a_number_is_read(typed, region, wanted, settings):
    settings.MIOBOE_CALL_REGIONS = ["JP", "US", "GB", "IT", "KR"]
    if wanted is None:
        with pytest.raises(NotCalled):
            number_to_call(typed, region)
    else:
        assert number_to_call(typed, region) == wanted


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "enter a telephone number"),
        ("hello", "not a telephone number"),
        ("9" * 200, "not a telephone number"),
        ("090" + "-" * LONGEST_TYPED + "1234-5678", "not a telephone number"),
        ("110", "does not exist"),
        ("090-1234-567", "does not exist"),
        ("0120-000-000", "a toll-free number"),
        ("0570-000-000", "a company’s service number"),
        ("0990-500-456", "premium|does not exist"),
        ("020-4912-3456", "a pager|does not exist"),
        ("+1 876 555 0123", "country: Jamaica"),
        ("+1 473 406 0123", "country: Grenada"),
        ("+44 20 7946 0018", "country: United Kingdom"),
        ("+960 771 2345", "country: Maldives"),
        ("+252 7 1123456", "country: Somalia"),
        ("+881 6 1234 5678", "country"),  # a satellite's: of no country
        ("090-1234-5678 ext. 3", "extension"),
    ],
)
def test_numbers_that_are_not_called_say_why(typed, why):
    with translation.override("en"), pytest.raises(NotCalled, match=why):
        number_to_call(typed)


def test_a_number_of_a_shared_calling_code_needs_its_own_country_allowed(settings):
    settings.MIOBOE_CALL_REGIONS = ["JP", "US"]
    assert number_to_call("+1 201 555 0123") == "+12015550123"
    with pytest.raises(NotCalled):
        number_to_call("+1 876 210 1234")


def test_only_the_kinds_that_are_set_are_called(settings):
    settings.MIOBOE_CALL_KINDS = ["landline"]
    assert number_to_call("03-1234-5678") == "+81312345678"
    for typed in ("090-1234-5678", "050-1234-5678"):
        with translation.override("en"), pytest.raises(NotCalled, match="which we do not call"):
            number_to_call(typed)
    # In the United States nobody can tell a mobile number from a landline: both must be allowed.
    settings.MIOBOE_CALL_REGIONS = ["US"]
    with pytest.raises(NotCalled):
        number_to_call("201-555-0123")
    settings.MIOBOE_CALL_KINDS = ["landline", "mobile"]
    assert number_to_call("201-555-0123") == "+12015550123"


@some_examples
@given(some.text(max_size=60))
def test_whatever_is_typed_is_refused_in_words_or_is_a_number_that_we_may_call(typed):
    try:
        number = number_to_call(typed)
    except NotCalled as refusal:
        assert len(str(refusal)) > 10
        return
    read = phonenumbers.parse(number)
    assert phonenumbers.is_valid_number(read) and phonenumbers.region_code_for_number(read) == "JP"
    assert phonenumbers.number_type(read) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP)


@some_examples
@given(
    some.integers(10_000_000, 99_999_999),
    some.sampled_from("-. ー－　"),
    some.sampled_from(["0", "+81", "+81 0", "0081"]),
)
def test_any_mobile_number_is_understood_however_it_is_written(digits, dash, begin):
    rest = f"90{digits}"
    typed = begin + dash.join((rest[:2], rest[2:6], rest[6:]))
    assert number_to_call(typed) == f"+81{rest}"


def test_every_country_is_there_by_its_name_in_the_pages_language_the_home_one_first():
    for language, home in (("ja", "日本"), ("en", "Japan")):
        (called, first), (others, rest) = grouped_countries(language)
        assert (called, others) == (True, False)
        assert first == [("JP", home, 81)]
        assert {row[0] for row in first + rest} == set(phonenumbers.SUPPORTED_REGIONS)
        assert all(name and name != region for region, name, _code in first + rest)


def test_every_countrys_example_is_a_number_of_it():
    for region in phonenumbers.SUPPORTED_REGIONS:
        read = phonenumbers.parse(example(region), region)
        assert phonenumbers.is_possible_number(read), region


def test_shown_back_as_it_is_dialled():
    assert as_dialled(world.NUMBER) == "+81 90-1234-5678"
    assert region_of(world.NUMBER) == "JP"
    assert country_name("JP", "en") == "Japan"
