"""One-click purchases a second through the whole stack over HTTP, ours and django-oscar's, side by side.

    script/bench one_click [--rounds N] [--seconds S] [--what film goods same] [--at-once 1 8 32] [--smoke]

Ours and the peer press by turns, never together. `--smoke` is one short round of ours alone."""

import argparse
import os
import re
import shutil
import signal
import sys
import time
from statistics import median, quantiles
from typing import Any

import psycopg

from bench.books import report_books
from bench.sides import (
    DATA,
    GOODS,
    Side,
    make_oscar,
    make_ours,
    oscar,
    ours,
    press,
    served_by_oscar,
    served_by_us,
    sign_in_oscar,
    sign_in_ours,
)

CUSTOMERS = 64
WARM_UP_S = 2.0
TARGET = 3.0
MAILS = 100

WORK = """\
The act, on both sides: one POST of a signed-in customer (session in the database, CSRF token checked), answered with the
302 to the order (ours) or to the thank-you page (Oscar). When it is answered, the order is placed and confirmed, its
stock held, the card charged at an acquirer (a row in its books), the access or parcel is there, and the order mail's row
lies in an outbox. No worker runs on either side, and none is needed for that. Ours writes the mail's subject in the
request and leaves its text and HTML to the worker, as the house's mails do that nobody waits for; Oscar's dispatcher
writes all of it in the request. What ours leaves is measured apart, below.
  ours   `python -m mioboe web`: the order and its line; stock taken in the same transaction; the charge, asked for with an
         idempotency key, committed before the till is asked and again after; ledger rows; access or parcel; the trail's
         entries; the mail's row and the job that sends it. Each press has a key of its own and buys once; a film or thing
         bought minutes ago is asked about, which the presses here answer.
  Oscar  4.2.1, its own parts (bench/oscar/peer/one_click.py): basket with one line, strategy, prices and availability,
         OrderPlacementMixin and OrderCreator, stock allocation, payment source and transaction, the order mail by its
         dispatcher with its row, analytics as they come, and a row in the outbox. One transaction a request, as its
         documentation recommends. In its favour: no offers or vouchers are looked for, no address book kept, no
         payment event, no guard against pressing twice or against selling more than there is, no ledger, no history. Like ours
         it keeps its connections and has the server prepare its statements.\
"""

WHAT = {
    "film": ("a film (no stock), each connection one of its own", [f"film-{number}" for number in range(GOODS)]),
    "goods": ("goods with stock, each connection a row of its own", [f"kettle-{number}" for number in range(GOODS)]),
    "same": ("goods with stock, everybody the same row", ["kettle-0"]),
}


def main() -> int:
    options = argparse.ArgumentParser(prog="script/bench one_click", description=WORK.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--what", nargs="+", choices=WHAT, default=list(WHAT))
    options.add_argument("--at-once", nargs="+", type=int, default=[1, 8, 32])
    options.add_argument("--smoke", action="store_true", help="one short round of ours alone")
    chosen = options.parse_args()
    customers = 2 if chosen.smoke else CUSTOMERS
    # Ended from outside, it ends its servers, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    shutil.rmtree(DATA, ignore_errors=True)
    us, peer = ours(), oscar()
    make_ours(us, customers)
    with served_by_us(us):
        sign_in_ours(us, customers)
        if chosen.smoke:
            told = press(us, WHAT["goods"][1], 2, 1.0)
            print(f"{len(told['took'])} purchases, wrong: {told['wrong']}")
            return report_books([us]) or int(bool(told["wrong"]))
        make_oscar(customers)
        with served_by_oscar(peer):
            sign_in_oscar(peer, customers)
            print(WORK, flush=True)
            print_statements([us, peer])
            print_rounds([us, peer], chosen)
    print_words()
    return report_books([us, peer])


# --- what PostgreSQL hears -----------------------------------------------------------------------------------------


def print_statements(sides: list[Side]) -> None:
    for side in sides:
        for what in ("film", "goods"):
            press(side, WHAT[what][1], 8, WARM_UP_S)
    print("\nStatements that PostgreSQL hears for one purchase, and how many of them only frame transactions:")
    for what in ("film", "goods"):
        counts = []
        for side in sides:
            statements = heard(side, what)
            framing = sum(s.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for s in statements)
            counts.append(f"{side.name} {len(statements)} ({framing})")
        print(f"  {what:6} {', '.join(counts)}", flush=True)


def heard(side: Side, what: str) -> list[str]:
    """The statements of one purchase as the server logs them; kept in the data folder, too."""
    log = DATA / "postgres" / "log"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:

        def set_logging(*settings: str) -> None:
            for setting in settings:
                server.execute(f"ALTER SYSTEM {setting}")
            server.execute("SELECT pg_reload_conf()")
            time.sleep(1)  # each of its processes reads them when it is next asked something

        set_logging("SET log_line_prefix = '%d|'", "SET log_min_duration_statement = 0")
        start = log.stat().st_size
        told = press(side, [WHAT[what][1][0]], 1, 0.0)
        set_logging("RESET log_line_prefix", "RESET log_min_duration_statement")
    if len(told["took"]) != 1:
        raise SystemExit(f"{side.name}: one purchase failed: {told['wrong']}")
    with log.open(errors="replace") as written:
        written.seek(start)
        text = written.read()
    mine = re.escape(side.database_url.rpartition("/")[2])
    # Not its parsing and binding, which the server logs apart.
    pieces = re.findall(rf"^{mine}\|LOG:  duration: \S+ ms  (?:statement|execute [^:]*): (.*)", text, re.MULTILINE)
    # Only what came after the page with the form was read.
    first = max(
        (n for n, piece in enumerate(pieces) if "django_session" in piece and piece.startswith("SELECT")), default=0
    )
    if pieces[first - 1] == "SELECT 1":  # whether the connection still lives
        first -= 1
    (DATA / f"statements-{side.name}-{what}.log").write_text(text)
    return [piece for piece in pieces[first:] if not piece.startswith(("ALTER SYSTEM", "SELECT pg_reload_conf"))]


# --- rounds --------------------------------------------------------------------------------------------------------


def print_rounds(sides: list[Side], chosen: argparse.Namespace) -> None:
    rounds, seconds = chosen.rounds, chosen.seconds
    print(
        f"\n{os.cpu_count()} cores; {rounds} rounds of {seconds:g} s by turns; medians of the rounds. p50, p99 in ms; `cpu`:"
    )
    print("processor time of web server + PostgreSQL for one purchase, ms.")
    head = "".join(f"{side.name + '/s':>9}{'p50':>8}{'p99':>8}{'cpu':>12}" for side in sides)
    print(f"  {'':12}{head}{'ratio':>7}{'cpu':>6}{'wrong':>7}")
    told: list[dict[str, Any]] = []
    ratios = []
    for words, slugs in (WHAT[what] for what in chosen.what):
        print(f"  {words}")
        for at_once in chosen.at_once:
            both = measured(sides, slugs, at_once, rounds, seconds)
            told += both[0] + both[1]
            rates = [[len(one["took"]) / one["elapsed"] for one in each] for each in both]
            ratios.append(median(a / b for a, b in zip(*rates, strict=True)))
            costs = [[cost(one) for one in each] for each in both]
            cheaper = median(sum(b) / sum(a) for a, b in zip(*costs, strict=True))
            wrong = sum(len(one["wrong"]) for each in both for one in each)
            cells = "".join(_cells(each) for each in both)
            print(f"    {at_once:>2} at once{cells}{ratios[-1]:>7.2f}{cheaper:>6.2f}{wrong:>7}", flush=True)
    load = sum(one["load_s"] for one in told) / sum(len(one["took"]) for one in told)
    print(f"  The load's own processor time: {load * 1000:.2f} ms a purchase, in a process of its own.")
    print(f"  Smallest ratio {min(ratios):.2f}, largest {max(ratios):.2f}; the mark is {TARGET:g}.")


def print_words() -> None:
    """What our worker has still to do for a mail before it sends it, and Oscar has done in the request."""
    from mioboe.mails.later import finish_words
    from mioboe.mails.models import Mail

    mails = list(Mail.objects.filter(text="")[: MAILS + 1])
    finish_words(mails.pop())  # the templates are compiled with the first
    began = time.process_time()
    for mail in mails:
        finish_words(mail)
    spent = (time.process_time() - began) / len(mails) * 1000
    print(
        f"  Our mail's words (subject apart), with its link, cost the worker {spent:.1f} ms of processor time a purchase."
    )


def measured(
    sides: list[Side], slugs: list[str], at_once: int, rounds: int, seconds: float
) -> list[list[dict[str, Any]]]:
    told: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
    for number in range(rounds):
        for side in sides if number % 2 == 0 else reversed(sides):
            press(side, slugs, at_once, min(0.5, seconds))
            told[side.name].append(press(side, slugs, at_once, seconds))
    return list(told.values())


def cost(one: dict[str, Any]) -> tuple[float, float]:
    """Processor time of the web server and of PostgreSQL for one purchase, ms."""
    return one["web_s"] / len(one["took"]) * 1000, one["database_s"] / len(one["took"]) * 1000


def _cells(each: list[dict[str, Any]]) -> str:
    rate = median(len(one["took"]) / one["elapsed"] for one in each)
    percent = [quantiles(one["took"], n=100) for one in each]
    middle, late = (median(one[place] for one in percent) * 1000 for place in (49, 98))
    web, database = (median(cost(one)[place] for one in each) for place in (0, 1))
    return f"{rate:>9.1f}{middle:>8.1f}{late:>8.1f}{web:>7.1f}+{database:<4.1f}"


if __name__ == "__main__":
    sys.exit(main())
