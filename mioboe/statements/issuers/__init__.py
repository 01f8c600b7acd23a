"""Statements as card issuers let their customers download them: one file a layout.

A CSV layout's file says `is_it(head)`, whether a file that begins with these rows is in it, and `lines(rows)`, its lines one by
one. Encoding and layout are found by themselves. Nothing is kept."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from typing import Protocol, cast

from mioboe.statements.issuers import ofx
from mioboe.statements.issuers.cells import Line, Unreadable

__all__ = ["LARGEST_FILE", "MOST_LINES", "NAMES", "Line", "Statement", "Unreadable", "lines_of", "read_statement"]

NAMES = {
    "rakuten": "Rakuten e-NAVI",
    "paypay": "PayPay Card",
    "epos": "Epos",
    "jcb": "JCB",
    "aeon": "Aeon",
    "smbc": "SMBC Vpass",
    "smbc_open": "SMBC Vpass",
    "ofx": "OFX",
}
CSV = [name for name in NAMES if name != "ofx"]
LARGEST_FILE = 2_000_000
MOST_LINES = 20_000
# A title, a preamble and a header come first; by then it is clear whose file it is.
HEAD = 20
ENCODINGS = ("utf-8-sig", "cp932", "utf-16")

Row = list[str]


class Layout(Protocol):
    def is_it(self, head: list[Row]) -> bool: ...
    def lines(self, rows: Iterator[Row]) -> Iterator[Line]: ...


@dataclass(frozen=True)
class Statement:
    issuer: str
    lines: list[Line]


def read_statement(data: bytes) -> Statement:
    """Reads a customer's file. Raises Unreadable. Bounds: 2 MB, 20,000 lines."""
    if len(data) > LARGEST_FILE:
        raise Unreadable("larger than 2 MB")
    issuer, lines = lines_of(data)
    found = list(islice(lines, MOST_LINES + 1))
    if len(found) > MOST_LINES:
        raise Unreadable("more than 20,000 lines")
    return Statement(issuer, found)


def lines_of(data: bytes) -> tuple[str, Iterator[Line]]:
    """The layout's name, and the lines as they are read; what is broken raises Unreadable when it is reached."""
    text = _decoded(data)
    if ofx.is_it(text):
        return "ofx", ofx.lines(text)
    rows = _rows(text)
    head = list(islice(rows, HEAD))
    for name in CSV:
        layout = cast(Layout, import_module(f"mioboe.statements.issuers.{name}"))
        if layout.is_it(head):
            return name, layout.lines(chain(head, rows))
    raise Unreadable("a layout that we do not know")


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in reader:
            if row:
                yield row
    except csv.Error as error:
        raise Unreadable(str(error)) from error


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("not a text file")
