"""Card issuers' CSV layouts: one file each. A reader answers the lines, or None where the text is not its layout."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from importlib import import_module

LAYOUTS = ("rakuten", "smbc")
LARGEST_FILE = 2_000_000
MOST_LINES = 20_000
AMOUNT = re.compile(r"-?[0-9]{1,11}")
ENCODINGS = ("utf-8-sig", "cp932")


class Unreadable(ValueError):
    """Not a statement in a layout that we know."""


@dataclass(frozen=True)
class Line:
    date: date
    merchant: str
    yen: int  # negative: money that comes back


@dataclass(frozen=True)
class Statement:
    issuer: str
    lines: list[Line]


def read_statement(data: bytes) -> Statement:
    """Reads an issuer's CSV, finding encoding and layout by itself. Raises Unreadable. Bounds: 2 MB, 20,000 lines."""
    if len(data) > LARGEST_FILE:
        raise Unreadable("larger than 2 MB")
    text = _decoded(data)
    if text.count("\n") > MOST_LINES:
        raise Unreadable("more than 20,000 lines")
    for name in LAYOUTS:
        try:
            lines = import_module(f"mioboe.statements.issuers.{name}").read(text)
        except csv.Error as error:
            raise Unreadable(str(error)) from error
        if lines is not None:
            return Statement(name, lines)
    raise Unreadable("a layout that we do not know")


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("not a text file")


def yen(text: str) -> int:
    """`1,234` or `¥-500` as a number; raises Unreadable."""
    digits = text.translate(str.maketrans("", "", ",¥￥\\ 円"))
    if not AMOUNT.fullmatch(digits):
        raise Unreadable(f"no amount: {text[:20]!r}")
    return int(digits)


def day(text: str) -> date:
    """`2026/11/24` as a date; raises Unreadable."""
    try:
        year, month, of_month = (int(part) for part in text.strip().split("/"))
        return date(year, month, of_month)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"no date: {text[:20]!r}") from error
