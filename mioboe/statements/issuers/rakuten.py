"""Rakuten e-NAVI: 利用日,利用店名・商品名,利用者,支払方法,利用金額,… A blank date continues the line above."""

import csv

from mioboe.statements.issuers import Line, day, yen

FIRST = ["利用日", "利用店名・商品名", "利用者", "支払方法", "利用金額"]


def read(text: str) -> list[Line] | None:
    """The lines of the statement; None where the header is another's. Raises Unreadable for a broken line."""
    rows = csv.reader(text.splitlines())
    header = next(rows, [])
    if [cell.strip() for cell in header[: len(FIRST)]] != FIRST:
        return None
    lines: list[Line] = []
    for row in rows:
        if len(row) < len(FIRST) or not row[4].strip():
            continue
        if not row[0].strip():
            continue  # belongs to the line above, as the exchange rate of a foreign charge does
        lines.append(Line(day(row[0]), row[1].strip(), yen(row[4])))
    return lines
