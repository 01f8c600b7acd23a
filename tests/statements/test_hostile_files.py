"""A statement comes from somebody's computer: whatever is in the file, it is read or refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as some

from mioboe.statements.issuers import Unreadable, read_statement
from tests.statements.files import EVERY, RAKUTEN

# Each layout up to its first line, so that what follows is read as its own.
STARTS = [
    text[: text.index("2026/11/02" if "2026/11/02" in text else text.splitlines()[-1])]
    for texts in EVERY.values()
    for text in texts
]
HEADER = RAKUTEN.splitlines()[0] + "\r\n"


@pytest.mark.parametrize(
    "line",
    [
        "2026/11/01,x,x,x,--5",
        "2026/11/01,x,x,x,-",
        "2026/11/01,x,x,x,²",
        "2026/11/01,x,x,x,999999999999999",
        "99999999999999999999/1/1,x,x,x,5",
        "0/0/0,x,x,x,5",
        "2026/11/01," + "x" * 200_000 + ",x,x,5",
    ],
)
def test_a_broken_line_is_refused(line):
    with pytest.raises(Unreadable):
        read_statement((HEADER + line + "\r\n").encode())


@how(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    start=some.sampled_from(STARTS),
    rows=some.lists(
        some.lists(
            some.one_of(
                some.text(max_size=12),
                some.sampled_from(
                    [
                        "2026/11/02",
                        "ほしぞら商店",
                        "500",
                        "-500",
                        "",
                        "261102",
                        "2026年11月2日",
                        "<STMTTRN>",
                        "<TRNAMT>-5",
                        "<DTPOSTED>20261102",
                        "現地利用額 1.2.3 USD",
                        '"',
                        "様",
                        "\r",
                        "\u2028",
                    ]
                ),
            ),
            max_size=7,
        ),
        max_size=5,
    ),
    encoding=some.sampled_from(["utf-8-sig", "cp932"]),
)
def test_rows_of_anything_are_read_or_refused(start, rows, encoding):
    text = start + "\r\n".join(",".join(cells) for cells in rows)
    with contextlib.suppress(Unreadable):
        assert read_statement(text.encode(encoding, "ignore")).lines is not None


@how(max_examples=100, deadline=None, derandomize=True, database=None)
@given(some.binary(max_size=300))
def test_bytes_of_anything_are_read_or_refused(data):
    with contextlib.suppress(Unreadable):
        read_statement(data)


def test_a_statement_that_is_right_but_far_too_long_is_refused():
    line = "2026/11/01,カフェ,本人,1回払い,500\r\n"
    assert len(read_statement((HEADER + line * 100).encode()).lines) == 100
    with pytest.raises(Unreadable, match="20,000 lines"):
        read_statement((HEADER + line * 20_001).encode())
    wide = line.replace("カフェ", "x" * 90_000)
    with pytest.raises(Unreadable, match="2 MB"):
        read_statement((HEADER + wide * 25).encode())
