"""Rakuten e-NAVI: 利用日,利用店名・商品名,利用者,支払方法,利用金額,… A blank date continues the line above: what a charge abroad was
there."""

from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, day, name, yen
from mioboe.statements.issuers.headed import cell, continued

FIRST = ["利用日", "利用店名・商品名", "利用者", "支払方法", "利用金額"]


def is_it(head: list[list[str]]) -> bool:
    return [cell.strip() for cell in head[0][: len(FIRST)]] == FIRST if head else False


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    next(rows)
    return continued(rows, _line)


def _line(row: list[str]) -> Line | None:
    amount = cell(row, FIRST.index("利用金額"))
    return Line(day(row[0]), name(row[1]), yen(amount)) if amount else None
