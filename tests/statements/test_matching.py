from datetime import date

import pytest

from mioboe.statements.issuers import Line
from mioboe.statements.issuers.cells import Abroad
from mioboe.statements.matching import Moved, is_ours, match

OURS = "ほしぞら商店"


def line(day: int, yen: int, merchant: str = OURS) -> Line:
    return Line(date(2026, 11, day), merchant, yen)


def found(lines, moved):
    result = match(lines, sorted(moved, key=lambda one: one.day))
    keys = [[one.key for one in each.moved] for each in result.matches]
    return [key[0] if len(key) == 1 else key or None for key in keys], [each.key for each in result.missing]


def how(lines, moved):
    return [str(each.how) for each in match(lines, moved).matches]


def test_each_movement_explains_one_line():
    assert found([line(2, 500), line(3, 500)], [Moved(1, date(2026, 11, 2), 500)]) == ([1, None], [])


def test_the_nearest_day_is_taken_first():
    moved = [Moved(1, date(2026, 11, 1), 500), Moved(2, date(2026, 11, 5), 500)]
    assert found([line(5, 500)], moved) == ([2], [1])


@pytest.mark.parametrize(("day", "is_it"), [(4, False), (5, True), (6, True), (16, True), (17, False)])
def test_an_issuer_books_within_some_days(day, is_it):
    assert found([line(day, 500)], [Moved(1, date(2026, 11, 6), 500)]) == (([1], []) if is_it else ([None], [1]))


def test_another_amount_is_another_matter():
    assert found([line(2, 499)], [Moved(1, date(2026, 11, 2), 500)]) == ([None], [1])
    assert found([line(2, 500)], [Moved(1, date(2026, 11, 2), -500)]) == ([None], [1])


def test_other_shops_are_not_looked_at():
    assert found([line(2, 500, "カフェ")], [Moved(1, date(2026, 11, 2), 500)]) == ([], [1])
    assert is_ours("ﾎｼｿﾞﾗｼﾖｳﾃﾝ") and is_ours("ＨＯＳＨＩＺＯＲＡ　ＴＯＫＹＯ") and not is_ours("星空")


def day(number: int) -> date:
    return date(2026, 11, number)


@pytest.mark.parametrize(
    "name",
    ["ﾎｼｿﾞﾗｼﾖｳﾃﾝ", "ほしぞらしょうてん", "ＳＴＲＩＰＥ＊ＨＯＳＨＩＺＯＲＡ", "Hoshi-Zora Tokyo", "ホシゾラ・ショウテン"],
)
def test_our_name_is_known_however_it_is_spelt(name, settings):
    settings.MIOBOE_STATEMENT_NAMES = ["HOSHIZORA", "ホシゾラショウテン"]
    assert is_ours(name)


def test_several_charges_may_be_one_line():
    moved = [Moved(1, day(2), 500), Moved(2, day(2), 4800), Moved(3, day(2), 700)]
    assert found([line(3, 5300)], moved) == ([[1, 2]], [3])
    assert how([line(3, 5300)], moved) == ["several"]


def test_a_charge_may_be_several_lines():
    moved = [Moved(1, day(2), 5300)]
    assert found([line(3, 500), line(5, 4800)], moved) == ([1, 1], [])
    assert how([line(3, 500), line(5, 4800)], moved) == ["part", "part"]


def test_some_cards_show_only_what_is_left_after_a_refund():
    moved = [Moved(1, day(2), 5300, about="order:A"), Moved(2, day(4), -500, about="order:A")]
    assert found([line(5, 4800)], moved) == ([[1, 2]], [])
    assert how([line(5, 4800)], moved) == ["net"]
    others = [moved[0], moved[1]._replace(about="order:B")]
    assert found([line(5, 4800)], others) == ([None], [1, 2])


def test_a_charge_in_another_currency_is_known_by_what_it_was_there():
    dollars = Moved(1, day(2), 1230, "USD")
    abroad = Line(day(3), OURS, 1925, abroad=Abroad(1230, "USD"))
    assert found([abroad], [dollars]) == ([1], []) and how([abroad], [dollars]) == ["abroad"]
    unsaid = abroad._replace(abroad=Abroad(1230, ""))
    assert found([unsaid], [dollars]) == ([1], [])
    other = abroad._replace(abroad=Abroad(1231, "USD"))
    assert found([other], [dollars]) == ([None], [1])
    theirs = Line(day(3), OURS, 3120, "USD", Abroad(4800, "JPY"))
    assert found([theirs], [Moved(1, day(2), 4800)]) == ([1], [])
    back = Line(day(3), OURS, -3120, "USD", Abroad(4800, "JPY"))
    assert found([back], [Moved(1, day(2), -4800)]) == ([1], [])


def test_a_line_without_our_name_is_probably_ours_where_amount_and_day_fit():
    odd = [Moved(1, day(2), 4870)]
    assert how([line(3, 4870, "ケツサイダイコウ")], odd) == ["nameless"]
    assert found([line(6, 4870, "ケツサイダイコウ")], odd) == ([], [1])
    assert found([line(3, 4800, "カフェ")], [Moved(1, day(2), 4800)]) == ([], [1])


def test_our_own_line_has_precedence_over_a_nameless_one():
    assert found([line(2, 4870, "カフェ"), line(3, 4870)], [Moved(1, day(2), 4870)]) == ([1], [])


def test_the_order_of_a_file_does_not_matter():
    lines, moved = (
        [line(5, 500), line(2, 500), line(9, -500)],
        [Moved(3, day(8), -500), Moved(1, day(1), 500), Moved(2, day(5), 500)],
    )
    assert found(lines, moved) == found(lines[::-1], moved[::-1]) == ([1, 2, 3], [])
