"""One-click purchases a second through the whole stack over HTTP, ours and django-oscar's, side by side.

    script/bench one_click [--rounds N] [--seconds S] [--smoke]

Ours and the peer run by turns, never together, each with one granian process of the same flags, on one PostgreSQL server
with durable settings (fsync, synchronous commit), in databases of their own. `--smoke` is one short round of ours alone."""

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
DATA = REPOSITORY / "var" / "bench" / "one_click"
PEER_PYTHON = REPOSITORY / "var" / "bench" / "oscar" / "bin" / "python"
PASSWORD = "a-long-pass-phrase-1"
CUSTOMERS = 64
GOODS = 32
STOCK = 1_000_000
AT_ONCE = (1, 8, 32)
START_LIMIT_S = 60
WARM_UP_S = 2.0
TARGET = 3.0

WORK = """\
The act, on both sides: one POST of a signed-in customer (session in the database, CSRF token checked), answered with the
302 to the order (ours) or to the thank-you page (Oscar). When it is answered, the order is placed and confirmed, its
stock held, the card charged at an acquirer (a row in its books), the access or parcel is there, and the order mail is
rendered (text and HTML) and lies in an outbox. No worker runs on either side, and none is needed for that: sending the
mail is the worker's, and is in neither figure.
  ours   the order and its line; stock taken under a row lock; the charge, asked for with an idempotency key, committed
         before the till is asked and again after; two ledger rows; access or parcel; three entries in the trail; the
         signed "Was this not you?" link; the mail's row and the jobs that send it and that look after the order. Each
         press has a key of its own and buys once.
  Oscar  4.2.1, its own parts (bench/oscar/peer/one_click.py): basket with one line, strategy, prices and availability,
         OrderPlacementMixin and OrderCreator, stock allocation, payment source and transaction, the order mail by its
         dispatcher with its row, analytics as they come, and a row in the outbox. One transaction a request, as its
         documentation recommends. In its favour: no offers or vouchers are looked for, no address book kept, no
         payment event, no guard against pressing twice or against selling more than there is, no ledger, no history.\
"""


@dataclass
class Side:
    name: str
    port: int
    cookies: list[dict[str, str]] = field(default_factory=list)
    bought: int = 0
    bought_goods: int = 0

    def paths(self, what: str) -> list[str]:
        """Where the connections press; one path for each, in turn."""
        kind, rows = ("film", GOODS) if what == "film" else ("kettle", GOODS if what == "goods" else 1)
        pattern = "/goods/{}/buy/" if self.name == "ours" else "/one-click/{}/"
        return [pattern.format(f"{kind}-{number}") for number in range(rows)]

    @property
    def thanks(self) -> str:
        return "/orders/" if self.name == "ours" else "/checkout/thank-you/"


WHAT = {
    "film": "a film (no stock), each connection one of its own",
    "goods": "goods with stock, each connection a row of its own",
    "same": "goods with stock, everybody the same row",
}


def main() -> int:
    options = argparse.ArgumentParser(prog="script/bench one_click", description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--smoke", action="store_true", help="one short round of ours alone")
    chosen = options.parse_args()
    customers = 2 if chosen.smoke else CUSTOMERS
    shutil.rmtree(DATA, ignore_errors=True)
    os.environ |= {"MIOBOE_DATA_DIR": str(DATA), "MIOBOE_TRUSTED_PROXIES": "127.0.0.1", "MIOBOE_LOG_LEVEL": "WARNING"}
    ours, peer = Side("ours", free_port()), Side("Oscar", free_port())
    os.environ |= {"MIOBOE_WEB_PORT": str(ours.port), "DJANGO_SETTINGS_MODULE": "mioboe.site.settings"}
    load_ours(customers)
    with served_by_us() as server:
        wait_for(ours, server)
        sign_in_ours(ours, customers)
        if chosen.smoke:
            told = press(ours, "goods", 2, 1.0)
            print(f"{len(told['took'])} purchases, wrong: {told['wrong']}")
            return report_books([ours])
        make_peer(customers)
        with served_by_peer(peer) as other:
            wait_for(peer, other)
            sign_in_peer(peer, customers)
            print(WORK, flush=True)
            print_queries([ours, peer])
            print_rounds([ours, peer], chosen.rounds, chosen.seconds)
    return report_books([ours, peer])


# --- ours ----------------------------------------------------------------------------------------------------------


def load_ours(customers: int) -> None:
    """The embedded PostgreSQL, the tables, customers with one click on, and goods."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from moneyed import JPY, Money

    from mioboe.orders.models import Kind, OneClick, Product
    from mioboe.payments.models import Card
    from mioboe.people.models import Address, Person

    os.environ["DATABASE_URL"] = settings.DATABASE_URL
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    for number in range(GOODS):
        for kind, name, price in ((Kind.FILM, "film", 500), (Kind.PARCEL, "kettle", 4800)):
            Product.objects.create(
                slug=f"{name}-{number}",
                kind=kind,
                title_ja=f"{name}{number}",
                title_en=f"{name.title()} {number}",
                price=Money(price, JPY),
                picture="x.svg",
                stock=STOCK if kind == Kind.PARCEL else None,
            )
    digest = make_password(PASSWORD)
    for number in range(customers):
        person = Person.objects.create(
            email=f"customer-{number}@customer.example", name="Hana", language="en", password=digest
        )
        card = Card.objects.create(person=person, token=f"tok-{number}", brand="Visa", last4="4242", expires="09/2029")
        address = Address.objects.create(
            person=person, recipient="Hana Sato", postcode="9800001", prefecture="JP-04", street="1-2-3 Hoshi, Sendai"
        )
        OneClick.objects.create(person=person, is_on=True, card=card, address=address)


@contextmanager
def served_by_us() -> Iterator[subprocess.Popen[bytes]]:
    """`python -m mioboe web`, exactly as an operator starts it."""
    with ended([sys.executable, "-m", "mioboe", "web"], dict(os.environ), DATA / "ours.log") as server:
        yield server


def sign_in_ours(side: Side, customers: int) -> None:
    forms = [{"login": mail, "password": PASSWORD, "remember": "on"} for mail in mails(customers)]
    side.cookies = sign_in(side, "/account/login/", forms)


# --- the peer ------------------------------------------------------------------------------------------------------


def make_peer(customers: int) -> None:
    """Oscar in a virtual environment of its own, its database on our server, and the same customers and goods."""
    if not PEER_PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER_PYTHON.parents[1])], check=True)
    wanted = REPOSITORY / "requirements" / "bench-oscar.txt"
    uv = Path(sys.executable).parent / "uv"
    sync = [uv, "pip", "sync", "-q", "--python", PEER_PYTHON, "--require-hashes", wanted]
    subprocess.run([str(part) for part in sync], check=True)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE oscar")
    arguments = [str(PEER_PYTHON), "-m", "peer.load", str(customers), str(GOODS)]
    subprocess.run(arguments, env=peer_environment(), check=True)


def peer_environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HERE / "oscar"),
        "PEER_DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/oscar",
        "PEER_SECRET": secrets.token_urlsafe(50),
        "PEER_PASSWORD": PASSWORD,
    }


@contextmanager
def served_by_peer(side: Side) -> Iterator[subprocess.Popen[bytes]]:
    from mioboe.site.cli import PAGE_THREADS

    flags = ["--host", "127.0.0.1", "--port", str(side.port), "--workers", "1", "--no-access-log"]
    flags += ["--interface", "wsgi", "--blocking-threads", PAGE_THREADS]
    command = [str(PEER_PYTHON.parent / "granian"), *flags, "peer.wsgi:application"]
    with ended(command, peer_environment(), DATA / "oscar.log") as server:
        yield server


def sign_in_peer(side: Side, customers: int) -> None:
    forms = [
        {"login-username": mail, "login-password": PASSWORD, "login-redirect_url": "/", "login_submit": "Log In"}
        for mail in mails(customers)
    ]
    side.cookies = sign_in(side, "/accounts/login/", forms)


# --- both ----------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ended(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block."""
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=environment, stdout=written, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def wait_for(side: Side, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", side.port)) == 0:
                return
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{side.name} does not start; see {DATA}")
        time.sleep(0.05)


def mails(customers: int) -> list[str]:
    return [f"customer-{number}@customer.example" for number in range(customers)]


def ask(plan: dict[str, Any]) -> dict[str, Any]:
    """Runs the load in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "presses.py")], input=json.dumps(plan), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the load failed: {done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def sign_in(side: Side, page: str, forms: list[dict[str, str]]) -> list[dict[str, str]]:
    # Each from an address of its own, as customers are; also the limit on sign-ins an address is not ours to hit.
    customers = [{"form": form, "address": f"203.0.113.{number + 1}"} for number, form in enumerate(forms)]
    cookies: list[dict[str, str]] = ask({"do": "sign_in", "port": side.port, "page": page, "customers": customers})[
        "cookies"
    ]
    return cookies


def press(side: Side, what: str, at_once: int, seconds: float) -> dict[str, Any]:
    told = ask(
        {
            "do": "press",
            "port": side.port,
            "at_once": at_once,
            "seconds": seconds,
            "cookies": side.cookies,
            "paths": side.paths(what),
            "thanks": side.thanks,
        }
    )
    side.bought += len(told["took"])
    side.bought_goods += len(told["took"]) if what != "film" else 0
    return told


# --- queries -------------------------------------------------------------------------------------------------------


def print_queries(sides: list[Side]) -> None:
    """How many statements the server hears for one purchase, as it logs them itself."""
    for side in sides:
        for what in ("film", "goods"):
            press(side, what, 8, WARM_UP_S)
    print("\nStatements that PostgreSQL hears for one purchase, and of these BEGIN, COMMIT and SAVEPOINT:")
    for what in ("film", "goods"):
        counts = []
        for side in sides:
            statements = heard(side, what)
            framing = sum(s.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for s in statements)
            counts.append(f"{side.name} {len(statements)} ({framing})")
        print(f"  {what:6} {', '.join(counts)}", flush=True)


def heard(side: Side, what: str) -> list[str]:
    from django.db import connection

    log = DATA / "postgres" / "log"
    database = "mioboe" if side.name == "ours" else "oscar"
    with connection.cursor() as cursor:
        for setting in ("log_line_prefix = '%d|'", "log_statement = 'all'"):
            cursor.execute(f"ALTER SYSTEM SET {setting}")
        cursor.execute("SELECT pg_reload_conf()")
        time.sleep(1)
        start = log.stat().st_size
        told = press(side, what, 1, 0.0001)
        cursor.execute("ALTER SYSTEM RESET ALL")
        cursor.execute("SELECT pg_reload_conf()")
        time.sleep(1)
    assert len(told["took"]) == 1, told["wrong"]
    with log.open(errors="replace") as written:
        written.seek(start)
        lines = [line for line in written if line.startswith(f"{database}|LOG:  ")]
    texts = [line.split(":  ", 1)[1].split(": ", 1)[1] for line in lines if "statement: " in line or "execute " in line]
    (DATA / f"statements-{side.name}-{what}.sql").write_text("".join(texts))
    return [text for text in texts if not text.startswith(("ALTER SYSTEM", "SELECT pg_reload"))]


# --- rounds --------------------------------------------------------------------------------------------------------


def print_rounds(sides: list[Side], rounds: int, seconds: float) -> None:
    print(f"\n{os.cpu_count()} cores; {rounds} rounds of {seconds:g} s by turns, medians of the rounds; times in ms.")
    print(f"  {'':24}{'ours/s':>8}{'p50':>7}{'p99':>7}{'Oscar/s':>9}{'p50':>7}{'p99':>7}{'ratio':>7}{'wrong':>7}")
    load_cpu = presses = 0.0
    worst = float("inf")
    for what, words in WHAT.items():
        print(f"  {words}")
        for at_once in AT_ONCE:
            told: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
            for number in range(rounds):
                for side in sides if number % 2 == 0 else reversed(sides):
                    press(side, what, at_once, min(0.5, seconds))
                    told[side.name].append(press(side, what, at_once, seconds))
            cells, rates, wrong = "", [], 0
            for side in sides:
                each = told[side.name]
                rates.append([len(one["took"]) / one["elapsed"] for one in each])
                percent = [quantiles(one["took"], n=100) for one in each]
                middle, late = (median(p[place] for p in percent) * 1000 for place in (49, 98))
                cells += f"{median(rates[-1]):>{8 if side is sides[0] else 9}.1f}{middle:>7.1f}{late:>7.1f}"
                wrong += sum(len(one["wrong"]) for one in each)
                load_cpu += sum(one["load_cpu"] for one in each)
                presses += sum(len(one["took"]) for one in each)
            ratio = median(a / b for a, b in zip(*rates, strict=True))
            worst = min(worst, ratio)
            print(f"    {at_once:>2} at once{'':13}{cells}{ratio:>7.2f}{wrong:>7}", flush=True)
    print(f"  The load's own processor time: {load_cpu / presses * 1000:.2f} ms a purchase, in a process of its own.")
    print(f"  Smallest ratio {worst:.2f}; the mark is {TARGET:g}.")


# --- afterwards ----------------------------------------------------------------------------------------------------

OURS_BOOKS = {
    "orders confirmed": "SELECT count(*) FROM orders_order WHERE state = 'confirmed'",
    "orders in any state": "SELECT count(*) FROM orders_order",
    "captured once each": "SELECT count(DISTINCT reference) FROM payments_charge WHERE state = 'captured'",
    "till's captures": "SELECT count(*) FROM till_capture",
    "movements that sum to zero": "SELECT count(*) FROM (SELECT 1 FROM payments_ledgerrow GROUP BY movement"
    " HAVING count(*) = 2 AND sum(amount) = 0) AS balanced",
    "accesses and parcels": "SELECT (SELECT count(*) FROM orders_access) + (SELECT count(*) FROM orders_parcel)",
    "mails waiting": "SELECT count(*) FROM mails_mail WHERE kind = 'order_confirmed' AND state = 'queued'",
    "jobs to send them": "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'mails.send_mail'"
    " AND args->>'mail_id' IN (SELECT id::text FROM mails_mail WHERE kind = 'order_confirmed')",
}
OURS_STOCK = f"SELECT sum({STOCK} - stock) FROM orders_product WHERE stock IS NOT NULL"
PEER_BOOKS = {
    "orders": "SELECT count(*) FROM order_order",
    "lines": "SELECT count(*) FROM order_line",
    "debited once each": "SELECT count(DISTINCT order_id) FROM payment_source s JOIN order_order o ON o.id = s.order_id"
    " WHERE s.amount_debited = o.total_incl_tax",
    "transactions": "SELECT count(*) FROM payment_transaction WHERE txn_type = 'Debit'",
    "captures": "SELECT count(*) FROM peer_capture",
    "mails waiting": "SELECT count(*) FROM peer_waiting",
}
PEER_STOCK = "SELECT coalesce(sum(num_allocated), 0) FROM partner_stockrecord"


def report_books(sides: list[Side]) -> int:
    """Whether every purchase that was answered is there, paid once, and the stock adds up. Answers the exit status."""
    import psycopg

    failed = False
    print("\nAfterwards, in SQL:")
    for side in sides:
        url, books, stock = os.environ["DATABASE_URL"], OURS_BOOKS, OURS_STOCK
        if side.name != "ours":
            url, books, stock = url.rpartition("/")[0] + "/oscar", PEER_BOOKS, PEER_STOCK
        with psycopg.connect(url) as connection:

            def number(query: str, connection: Any = connection) -> int:
                return int(connection.execute(query).fetchone()[0])

            found = {name: number(query) for name, query in books.items()}
            sold = number(stock)
        agrees = set(found.values()) == {side.bought} and sold == side.bought_goods
        failed |= not agrees
        said = "agrees" if agrees else f"DIFFERS: {found}"
        print(f"  {side.name}: {side.bought} purchases answered, {side.bought_goods} of goods; stock sold {sold}; {said}")
        if agrees:
            print(f"    the same number of: {', '.join(found)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
