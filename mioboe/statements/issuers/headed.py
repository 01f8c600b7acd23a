"""What layouts with a header somewhere below a title have in common: columns are found by their names."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence

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
