"""Epos: a title, then 種別（ショッピング、キャッシング、その他）,ご利用年月日 (2026年1月10日),ご利用場所,ご利用内容,ご利用金額（…）,
支払区分,お支払開始月,備考. Totals and lines with ※ follow. What was cancelled is negative, with "お取消日" in its note."""

import re
from collections.abc import Iterator

from mioboe.statements.issuers.cells import Line, abroad_of, day, name, yen
from mioboe.statements.issuers.headed import below, cell, column, header_of

_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")


def is_it(head: list[list[str]]) -> bool:
    return header_of(head, _is_header) is not None


def _is_header(cells: list[str]) -> bool:
    return len(cells) > 4 and cells[0].startswith("種別") and cells[1] == "ご利用年月日"


def lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    header, rows = below(rows, _is_header)
    place, amount, note = column(header, "ご利用場所"), column(header, "ご利用金額"), column(header, "備考")
    for row in rows:
        found = _DAY.search(cell(row, 1))
        if found is None or not cell(row, amount):
            continue  # a total, or a remark
        yen_, told = yen(cell(row, amount)), cell(row, note)
        if "お取消日" in told or "お取消日" in cell(row, 1):
            yen_ = -abs(yen_)
        yield Line(day(found[0]), name(cell(row, place)), yen_, abroad=abroad_of(told) if told else None)
