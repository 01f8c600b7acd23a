"""Rakuten e-NAVI: 利用日,利用店名・商品名,利用者,支払方法,利用金額,… A blank date continues the line above: what a charge abroad was
there."""

from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, abroad_of, day, name, yen

FIRST = ["利用日", "利用店名・商品名", "利用者", "支払方法", "利用金額"]


def is_it(head: list[list[str]]) -> bool:
    return [cell.strip() for cell in head[0][: len(FIRST)]] == FIRST if head else False


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    next(rows)
    last: Line | None = None
    for row in rows:
        if len(row) > 1 and not row[0].strip():
            if last is not None and last.abroad is None:
                last = last._replace(abroad=abroad_of(row[1]))
            continue
        if last is not None:
            yield last
        last = None
        if len(row) >= len(FIRST) and row[4].strip():
            last = Line(day(row[0]), name(row[1]), yen(row[4]))
    if last is not None:
        yield last
