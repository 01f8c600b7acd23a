"""PayPay Card: 利用日/キャンセル日,利用店名・商品名,利用者,[決済方法],支払区分,利用金額,手数料,支払総額,当月支払金額,翌月以降繰越金額,調整額,
当月お支払日."""

from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, day, name, yen
from mioboe.statements.issuers.headed import below, cell, column, continued, header_of


def is_it(head: list[list[str]]) -> bool:
    return header_of(head[:1], _is_header) is not None


def _is_header(cells: list[str]) -> bool:
    return cells[:2] == ["利用日/キャンセル日", "利用店名・商品名"]


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    header, rows = below(rows, _is_header)
    amount = column(header, "利用金額")

    def line(row: list[str]) -> Line | None:
        return Line(day(row[0]), name(cell(row, 1)), yen(cell(row, amount))) if cell(row, amount) else None

    return continued(rows, line)
