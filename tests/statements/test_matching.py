from datetime import date

import pytest

from mioboe.statements.issuers import Line
from mioboe.statements.matching import Moved, is_ours, match

OURS = "ほしぞら商店"


def line(day: int, yen: int, merchant: str = OURS) -> Line:
    return Line(date(2026, 11, day), merchant, yen)


def found(lines, moved):
    matches, missing = match(lines, moved)
    return [each.moved.key if each.moved else None for each in matches], [each.key for each in missing]


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
