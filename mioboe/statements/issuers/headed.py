"""What layouts with a header have in common: columns are found by their names, and a row without a date continues the one above."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from mioboe.statements.issuers.cells import Line, abroad_of

Row = list[str]


def plain(cell: str) -> str:
    """A header's cell without widths and spaces: ご利用金額（￥） is ご利用金額(¥)."""
    return "".join(unicodedata.normalize("NFKC", cell).split())


def header_of(head: Sequence[Row], is_header: Callable[[list[str]], bool]) -> int | None:
    """Which of these rows is the header."""
    return next((place for place, row in enumerate(head) if is_header([plain(cell) for cell in row])), None)


def below(rows: Iterator[Row], is_header: Callable[[list[str]], bool]) -> tuple[list[str], Iterator[Row]]:
    """The header's cells, and the rows below it."""
    for row in rows:
        cells = [plain(cell) for cell in row]
        if is_header(cells):
            return cells, rows
    return [], rows


def column(header: list[str], *starts: str) -> int | None:
    """The first column whose name begins with one of these."""
    return next((place for place, cell in enumerate(header) if cell.startswith(starts)), None)


def cell(row: Row, place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def continued(rows: Iterator[Row], read: Callable[[Row], Line | None]) -> Iterator[Line]:
    """The lines, each with what a row without a date below it tells: what a charge abroad was there. `read` makes a row's line, None
    where it is none."""
    last: Line | None = None
    for row in rows:
        if cell(row, 0):
            if last is not None:
                yield last
            last = read(row)
        elif last is not None and last.abroad is None:
            last = last._replace(abroad=abroad_of(cell(row, 1)))
    if last is not None:
        yield last
