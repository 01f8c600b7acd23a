"""SMBC Vpass, fixed: no header; a line `name 様,number,card name`, then date, shop, amount, 支払区分, 回数, amount paid, note;
totals `,,,,,123456,`. Several cards may follow each other in one file."""

from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, abroad_of, day, name, yen

SHORTEST, NOTE = 3, 6


def is_it(head: list[list[str]]) -> bool:
    return bool(head) and _is_holder(head[0])


def _is_holder(row: list[str]) -> bool:
    return len(row) >= SHORTEST and row[0].strip().endswith("様")


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    for row in rows:
        if len(row) < SHORTEST or not row[0].strip() or _is_holder(row):
            continue  # the next card's holder, or a total
        yield Line(
            day(row[0]), name(row[1]), yen(row[2]), abroad=abroad_of(row[NOTE]) if row[NOTE:] and row[NOTE] else None
        )
