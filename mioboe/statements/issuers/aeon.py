"""Aeon: details from the ninth line on, ご利用日 (YYMMDD),利用者区分,ご利用先,支払方法,,,ご利用金額,備考,"""

from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, Unreadable, abroad_of, made_day, name, yen
from mioboe.statements.issuers.headed import below, cell, column, header_of

_CENTURY, _DAY_DIGITS = 2000, 6


def is_it(head: list[list[str]]) -> bool:
    return header_of(head, _is_header) is not None


def _is_header(cells: list[str]) -> bool:
    return cells[:3] == ["ご利用日", "利用者区分", "ご利用先"]


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    header, rows = below(rows, _is_header)
    amount, note = column(header, "ご利用金額"), column(header, "備考")
    for row in rows:
        at, paid = cell(row, 0), cell(row, amount)
        if not at.isdecimal() or not paid:
            continue  # a total
        if len(at) != _DAY_DIGITS or not at.isascii():
            raise Unreadable(f"no date: {at[:20]!r}")
        on = made_day(_CENTURY + int(at[:2]), int(at[2:4]), int(at[4:]))
        told = cell(row, note)
        yield Line(on, name(cell(row, 2)), yen(paid), abroad=abroad_of(told) if told else None)
