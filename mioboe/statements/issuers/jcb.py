"""JCB (MyJCB): a preamble (今回のお支払日…), then ご利用者,カテゴリ,ご利用日,ご利用先など,ご利用金額(￥),支払区分,今回回数,訂正サイン,
お支払い金額(￥),国内／海外,摘要,備考."""

from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, abroad_of, day, name, yen
from mioboe.statements.issuers.headed import below, cell, column, header_of

SIGNS = ("-", "−", "－", "▲", "訂正", "取消")


def is_it(head: list[list[str]]) -> bool:
    return header_of(head, _is_header) is not None


def _is_header(cells: list[str]) -> bool:
    return cells[:1] == ["ご利用者"] and "ご利用日" in cells and column(cells, "ご利用先") is not None


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    header, rows = below(rows, _is_header)
    at, shop, amount = column(header, "ご利用日"), column(header, "ご利用先"), column(header, "ご利用金額")
    sign, about, note = column(header, "訂正サイン"), column(header, "摘要"), column(header, "備考")
    for row in rows:
        if not cell(row, at) or not cell(row, amount):
            continue
        yen_ = yen(cell(row, amount))
        if any(mark in cell(row, sign) for mark in SIGNS):
            yen_ = -abs(yen_)
        told = f"{cell(row, about)} {cell(row, note)}".strip()
        yield Line(day(cell(row, at)), name(cell(row, shop)), yen_, abroad=abroad_of(told) if told else None)
