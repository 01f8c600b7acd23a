"""Card statements: how many lines a second are read, and how long a statement takes to be matched against a million charges.

    script/bench statements [--lines N] [--charges N]

Reading: a CSV of N lines in each issuer's layout, one process, `lines_of` to the last line; beside it Python's own csv module
over the same text, which knows neither days nor amounts nor names.
Matching: one person with N charges of a year in PostgreSQL and 100,000 lines of that year, half of them ours; charges are read
from the database in the order of their days and paired (`movements`, `pair`); repeated with a tenth of the charges, so that it is seen
whether memory grows with them. Afterwards it is checked that every line that has its charge found it, and no other did.
"""

import argparse
import csv
import gc
import io
import random
import sys
import time
import tracemalloc
from datetime import date, timedelta

from bench.stand import make_database, print_table, set_up, stand_on

TODAY = date(2026, 11, 1)
YEAR = 365
OTHERS = ("カフェ", "ｴｷﾏｴｽｰﾊﾟｰ", "ＢＯＯＫＳ", "ﾄｳｷﾖｳﾃﾞﾝﾘﾖｸ", "ヤオヤ")
PRICES = [100 * n + 80 for n in range(3, 600)]


def main() -> int:
    options = argparse.ArgumentParser(prog="script/bench statements", description=__doc__)
    options.add_argument("--lines", type=int, default=100_000)
    options.add_argument("--charges", type=int, default=1_000_000)
    chosen = options.parse_args()
    address = set_up("statements")
    make_database(address, "statements")
    stand_on("statements")
    _reading(chosen.lines)
    return _matching(chosen.lines, chosen.charges)


# --- reading -------------------------------------------------------------------------------------------------------


def _reading(many: int) -> None:
    from mioboe.statements.issuers import NAMES, lines_of

    rows = []
    for issuer in NAMES:
        text = _file(issuer, many)
        data = text.encode("utf-8")
        began = time.process_time()
        read = sum(1 for _ in lines_of(data)[1])
        ours = time.process_time() - began
        began = time.process_time()
        plain = sum(1 for _ in csv.reader(io.StringIO(text, newline="")))
        theirs = time.process_time() - began
        assert read == many, (issuer, read)
        rows.append([issuer, f"{read / ours:,.0f}", f"{plain / theirs:,.0f}", f"{ours / theirs:.1f}"])
    print_table(["layout", "lines a second", "csv module alone", "times its work"], rows)


def _file(issuer: str, many: int) -> str:
    from tests.statements import files

    rng = random.Random(1)
    made = []
    for _ in range(many):
        day, shop, amount = (
            TODAY - timedelta(days=rng.randrange(YEAR)),
            rng.choice((*OTHERS, "HOSHIZORA")),
            rng.choice(PRICES),
        )
        slashed = f"{day:%Y/%m/%d}"
        made.append(
            {
                "rakuten": f"{slashed},{shop},本人,1回払い,{amount},0,{amount},{amount},{amount},0,*",
                "paypay": f"{slashed},{shop},本人,PayPayクレジット,1回払い,{amount},0,{amount},{amount},0,0,2026/12/28",
                "epos": f"ショッピング,{day.year}年{day.month}月{day.day}日,{shop},,{amount},1回,2026年12月,",
                "jcb": f"佐藤　花,ショッピング,{slashed},{shop},{amount},１回払い,,,{amount},国内,,",
                "aeon": f"{day:%y%m%d},本人,{shop},1回,,,{amount},,",
                "smbc": f"{slashed},{shop},{amount},１,１,{amount},",
                "smbc_open": f"{slashed},{shop},ご本人,1回払い,,'26/12,{amount},{amount},,,,,",
                "ofx": f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day:%Y%m%d}<TRNAMT>-{amount}<FITID>1<NAME>{shop}</STMTTRN>",
            }[issuer]
        )
    heads = {
        "rakuten": files.RAKUTEN.splitlines()[0], "paypay": files.PAYPAY.splitlines()[0], "jcb": files.JCB.splitlines()[3],
        "epos": files.EPOS.splitlines()[1], "aeon": files.AEON.splitlines()[7], "smbc": files.SMBC.splitlines()[0],
        "ofx": "OFXHEADER:100\r\n<OFX><CURDEF>JPY", "smbc_open": "",
    }  # fmt: skip
    return "\r\n".join(filter(None, [heads[issuer], *made, ""]))


# --- matching ------------------------------------------------------------------------------------------------------


def _matching(lines: int, charges: int) -> int:
    rows, wrong = [], 0
    for many in (charges // 10, charges):
        person, expected = _load(many, lines)
        took, peak, found, right = _match(person, expected)
        wrong += found != right
        rows.append(
            [
                f"{many:,}",
                f"{lines:,}",
                f"{took:.2f}",
                f"{lines / took:,.0f}",
                f"{peak / 1e6:.1f}",
                f"{found:,} of {right:,}",
            ]
        )
    print_table(["charges", "lines", "seconds", "lines a second", "peak of Python's memory, MB", "found"], rows)
    return int(wrong > 0)


def _load(many: int, lines: int):  # type: ignore[no-untyped-def]
    """`many` charges of one person. Half of the lines are ours, each of a charge of its own; their charges have amounts and days that
    no other has."""
    from django.db import connection

    from mioboe.payments.models import Card
    from mioboe.people.models import Person

    rng = random.Random(many)
    person = Person.objects.create(email=f"{many}@customer.example", name="Hana", language="ja", password="!")
    card = Card.objects.create(person=person, token=f"tok-{many}", brand="Visa", last4="4242", expires="09/2029")
    ours = min(lines // 2, many)
    statement = []
    columns = (
        "number, person_id, card_id, reference, amount_currency, amount, to_capture_currency, to_capture, captured_currency, captured,"
        " released_currency, released, refunded_currency, refunded, capture_now, state, key, gateway_ref, problem, asked_at, authorised_at, captured_at"
    )
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY payments_charge ({columns}) FROM STDIN") as copy:
        for n in range(many):
            day = TODAY - timedelta(days=rng.randrange(YEAR))
            # Amounts of lines end in digits that others' do not, and are unlike each other within any window.
            amount = 1_000_000 + n if n < ours else rng.choice(PRICES)
            at = f"{day} 03:00:00+00"
            copy.write_row(
                (
                    f"{many // 1000:x}{n:x}"[-8:].rjust(8, "0"),
                    person.pk,
                    card.pk,
                    f"order:{n}",
                    "JPY",
                    amount,
                    "JPY",
                    amount,
                    "JPY",
                    amount,
                    "JPY",
                    0,
                    "JPY",
                    0,
                    True,
                    "captured",
                    f"{many}-{n}",
                    "",
                    "",
                    at,
                    at,
                    at,
                )
            )
            if n < ours:
                statement.append((day + timedelta(days=rng.randrange(5)), "ﾎｼｿﾞﾗｼﾖｳﾃﾝ", amount))
    for _ in range(lines - ours):
        statement.append((TODAY - timedelta(days=rng.randrange(YEAR)), rng.choice(OTHERS), rng.choice(PRICES)))
    statement.sort()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_charge")
    return person, statement


def _match(person, statement):  # type: ignore[no-untyped-def]
    from mioboe.statements.actions import movements
    from mioboe.statements.issuers import Line
    from mioboe.statements.matching import pair
    from mioboe.statements.merchants import is_ours

    right = sum(is_ours(shop) for _, shop, _ in statement)

    def work() -> int:
        coming = (Line(*row) for row in statement)
        moved = movements(person, statement[0][0], statement[-1][0])
        return sum(
            line is not None and one is not None and one.amount == line.amount for line, one in pair(coming, moved)
        )

    # As the web server does once it has started.
    gc.collect()
    gc.freeze()
    began, worked = time.perf_counter(), time.process_time()
    found = work()
    took = time.perf_counter() - began
    print(f"  of these {time.process_time() - worked:.2f} s of processor time in Python", flush=True)
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return took, peak, found, right


if __name__ == "__main__":
    sys.exit(main())
