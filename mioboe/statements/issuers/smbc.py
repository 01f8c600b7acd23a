"""SMBC Vpass, fixed: no header; a line `name 様,number,card name`, then date, shop, amount, …; totals `,,,,,123456,`. Several
cards may follow each other in one file."""

import csv

from mioboe.statements.issuers import Line, day, yen

SHORTEST = 3


def read(text: str) -> list[Line] | None:
    """The lines of all cards; None where the first line names no card holder. Raises Unreadable for a broken line."""
    rows = [row for row in csv.reader(text.splitlines()) if row]
    if not rows or not rows[0][0].strip().endswith("様") or len(rows[0]) < SHORTEST:
        return None
    lines: list[Line] = []
    for row in rows:
        if row[0].strip().endswith("様") or not row[0].strip() or len(row) < SHORTEST:
            continue  # the next card's holder, or a total
        lines.append(Line(day(row[0]), row[1].strip(), yen(row[2])))
    return lines
