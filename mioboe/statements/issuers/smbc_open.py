"""SMBC Vpass, not yet fixed: no header; date, shop, user, 1回払い, , 'YY/MM, amount, amount, …"""

import re
from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, day, name, yen

MONTH, AMOUNT = 5, 6
_MONTH = re.compile(r"['’]?\d{2}/\d{2}")


def is_it(head: list[list[str]]) -> bool:
    row = head[0] if head else []
    return len(row) > AMOUNT and bool(_MONTH.fullmatch(row[MONTH].strip())) and row[0].strip()[:4].isdecimal()


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    for row in rows:
        if len(row) > AMOUNT and row[0].strip():
            yield Line(day(row[0]), name(row[1]), yen(row[AMOUNT]))
