"""The order history of a customer with 10,000 orders in a table of 5,000,000 against a customer with 10 orders in a table
of 5,000: two databases in one PostgreSQL, asked in turn in one run.

One request is: the WSGI application called in this process (every middleware, session, sign-in, view, template; no sockets,
no HTTP parsing), `GET /orders/` as the signed-in customer, 10 orders a page, the whole page read. Every order has its lines
(1.25 on average, 200 products), its parcel or the right to its film; the measured customers have their charges, too. The
large customer's orders lie scattered over the whole table, one in five hundred. Of the 10,000 exactly three are found by a
rare word, three by a rare price, three are of the rare kind, three declined, three with a cancelled line, three sent back,
and three can still be undone.

    script/bench history            loads (once) and measures
    script/bench history --again    loads anew
    script/bench history --explain  prints PostgreSQL's plan for each question, too
"""

import io
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psycopg

from bench import stand

ADDRESS = stand.set_up("history")

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from moneyed import JPY, Money  # noqa: E402

from mioboe.orders.models import Kind, Order, Product  # noqa: E402
from mioboe.payments.models import Card, Charge, ChargeState  # noqa: E402
from mioboe.people.models import Person  # noqa: E402
from mioboe.signins.models import Device, SignIn  # noqa: E402
from mioboe.site.ids import ALPHABET  # noqa: E402
from mioboe.site.wsgi import application  # noqa: E402

SIZES = {"bench_large": 5_000_000, "bench_small": 5_000}
# Every so many orders, one is the measured customer's: 10,000 and 10.
ONE_IN = 500
ORDERS_EACH = 10
PRODUCTS, FILMS = 200, 40
RARE_WORD, RARE_PRICE = "はぐれ星", 7_777_777
RARE = 3
RUNS = 60
BEGIN, END = datetime(2016, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
TARGET = 1.5

QUESTIONS = {
    "first page": "",
    "rare word": f"?q={RARE_WORD}",
    "common word": "?q=やかん",
    "word that is nowhere": "?q=どこにもない",
    "rare amount": f"?q={RARE_PRICE}",
    "rare kind": "?kind=film",
    "declined": "?state=declined",
    "cancelled in part": "?state=cancelled",
    "sent back": "?state=returned",
    "could be undone": "?undoable=1",
    "a year": "?year=2019",
    "jump to a year": "?top=2019",
    "an early page": "?older={middle}",
}


# --- the rows --------------------------------------------------------------------------------------------------------


class Rows:
    """The rows of one database, from numbers alone, so that both databases are made alike."""

    def __init__(
        self, size: int, measured: int, first_person: int, card: int, sign_in: int, own: tuple[int, int]
    ) -> None:
        self.size, self.measured, self.first_person = size, measured, first_person
        self.card, self.sign_in, self.own_card, self.own_sign_in = card, sign_in, *own
        self.others = max(1, size // ORDERS_EACH - size // ONE_IN // ORDERS_EACH)
        self.step = (END - BEGIN) / size
        self.days = (END - BEGIN).days
        rare = [number * ONE_IN for number in range(size // ONE_IN)]
        # Spread over the whole time; each rarity in orders of its own.
        picks = rare[len(rare) // 40 :: max(1, len(rare) // 24)] if len(rare) >= 100 else []
        names = ("word", "price", "film", "declined", "cancelled", "returned", "waiting")
        self.rare = {name: set(picks[at * RARE : at * RARE + RARE]) for at, name in enumerate(names)}

    def is_measured(self, order: int) -> bool:
        return order % ONE_IN == 0

    def lines_of(self, order: int) -> list[int]:
        """The products of an order's lines. The measured customer buys things only, but for the rare films."""
        count = 3 if order % 20 == 0 else 2 if order % 20 in (4, 8, 12) else 1
        if self.is_measured(order):
            if order in self.rare["film"]:
                return [1 + order % FILMS]
            return [1 + FILMS + (order // ONE_IN * 7 + at) % (PRODUCTS - FILMS) for at in range(count)]
        return [1 + (order * 7919 + at * 31) % PRODUCTS for at in range(count)]

    def price(self, order: int, product: int) -> int:
        return RARE_PRICE if order in self.rare["price"] else 300 + product * 37

    def pieces(self, order: int) -> int:
        return 2 if order in self.rare["cancelled"] else 1

    def at(self, order: int) -> str:
        return (BEGIN + self.step * order).isoformat()

    def person(self, order: int) -> int:
        return self.measured if self.is_measured(order) else self.first_person + (order * 104_729) % self.others

    def number(self, order: int) -> str:
        """Eight characters as if by chance, each once: an odd factor only shuffles the 40 bits."""
        bits = order * 0x9E3779B97F % (1 << 40)
        return "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))

    def orders(self) -> Iterator[str]:
        for order in range(self.size):
            total = sum(self.price(order, product) for product in self.lines_of(order)) * self.pieces(order)
            state = "declined" if order in self.rare["declined"] else "confirmed"
            mine = self.is_measured(order)
            card, sign_in = (self.own_card, self.own_sign_in) if mine else (self.card, self.sign_in)
            yield (
                f"{order + 1}\t{self.number(order)}\t{self.person(order)}\t{state}\tone_click\tbench-{order}\t{sign_in}"
                f"\t{card}\t\\N\tJPY\t{total}\t{self.at(order)}\n"
            )

    def lines(self) -> Iterator[str]:
        for order in range(self.size):
            person, at = self.person(order), self.at(order)
            for product in self.lines_of(order):
                kind = "film" if product <= FILMS else "parcel"
                word = f"{RARE_WORD} " if order in self.rare["word"] else ""
                cancelled = 1 if order in self.rare["cancelled"] else 0
                yield (
                    f"{order + 1}\t{product}\t{word}{title_ja(product)}\t{title_en(product)}\tJPY"
                    f"\t{self.price(order, product)}\t{self.pieces(order)}\t{cancelled}\t{person}\t{at}\t{kind}\n"
                )

    def parcels(self) -> Iterator[str]:
        for order in range(self.size):
            if any(product > FILMS for product in self.lines_of(order)):
                state = "delivered"
                for name in ("returned", "waiting"):
                    state = name if order in self.rare[name] else state
                yield f"{order + 1}\t{self.person(order)}\t{state}\t{self.at(order)}\t\n"


def title_ja(product: int) -> str:
    return f"{('藍色のやかん', '軽い雨傘', '夜ふかしのマグ', '木のスプーン')[product % 4]} その{product}"


def title_en(product: int) -> str:
    return f"{('Indigo kettle', 'Light umbrella', 'Night owl mug', 'Wooden spoon')[product % 4]} no. {product}"


# --- loading ---------------------------------------------------------------------------------------------------------


def load(name: str) -> None:
    print(f"{name}: {SIZES[name]:,} orders", flush=True)
    address = stand.make_database(ADDRESS, name)
    stand.stand_on(name)
    Product.objects.bulk_create(
        Product(
            pk=number,
            slug=f"p-{number}",
            kind=Kind.FILM if number <= FILMS else Kind.PARCEL,
            title_ja=title_ja(number),
            title_en=title_en(number),
            price=Money(300 + number * 37, JPY),
            picture="shopfront/goods/kettle.svg",
            minutes=104 if number <= FILMS else None,
        )
        for number in range(1, PRODUCTS + 1)
    )
    measured, filler = (_person(f"{who}@customer.example") for who in ("measured", "filler"))
    own, others = _card_and_sign_in(measured), _card_and_sign_in(filler)
    first = filler.pk + 1
    rows = Rows(SIZES[name], measured.pk, first, others[0], others[1], own)
    people = (
        f"{first + at}\t!\tb{at}@bench.example\t\tcustomer\tja\tAsia/Tokyo\tt\tf\tf\tnow\n" for at in range(rows.others)
    )
    with stand.bulk_load(address, ["people_person", "orders_order", "orders_line", "orders_parcel"]) as server:
        columns = "id password email name role language time_zone is_active is_staff is_superuser joined_at"
        stand.copy(server, "people_person", columns.split(), people)
        columns = "id number customer_id state how press sign_in_id card_id address_id total_currency total placed_at"
        stand.copy(server, "orders_order", columns.split(), rows.orders())
        columns = (
            "order_id product_id title_ja title_en price_currency price quantity cancelled customer_id placed_at kind"
        )
        stand.copy(server, "orders_line", columns.split(), rows.lines())
        stand.copy(
            server, "orders_parcel", ["order_id", "customer_id", "state", "changed_at", "problem"], rows.parcels()
        )
        server.execute(
            "INSERT INTO orders_access (line_id, person_id, state, watched_s, granted_at)"
            " SELECT id, customer_id, 'granted', 5400, placed_at FROM orders_line WHERE kind = 'film'"
        )
        _charges(measured, own[0])
        server.execute("VACUUM ANALYZE")


def _person(mail: str) -> Person:
    return Person.objects.create_user(mail, "a-long-pass-phrase-1", name="Bench", language="ja")


def _card_and_sign_in(person: Person) -> tuple[int, int]:
    card = Card.objects.create(person=person, token=f"tok-{person.pk}", brand="Visa", last4="4242", expires="09/2029")
    device = Device.objects.create(person=person, digest=f"d-{person.pk}", browser="Firefox", system="Linux")
    return card.pk, SignIn.objects.create(person=person, device=device, session_digest="x", is_familiar=True).pk


def _charges(person: Person, card: int) -> None:
    orders = Order.objects.filter(customer=person).exclude(state="declined").iterator()
    Charge.objects.bulk_create(
        (
            Charge(
                person=person,
                card_id=card,
                reference=order.ref,
                amount=order.total,
                to_capture=order.total,
                captured=order.total,
                state=ChargeState.CAPTURED,
                key=order.charge_key,
                asked_at=order.placed_at,
                captured_at=order.placed_at,
            )
            for order in orders
        ),
        batch_size=1000,
    )


# --- measuring -------------------------------------------------------------------------------------------------------


class Visitor:
    """The measured customer of one database, signed in."""

    def __init__(self, name: str) -> None:
        self.name = name
        stand.stand_on(name)
        self.person = Person.objects.get(email="measured@customer.example")
        client = Client()
        client.force_login(self.person, backend=settings.AUTHENTICATION_BACKENDS[0])
        self.cookie = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.cookies.values())
        mine = Order.objects.filter(customer=self.person).order_by("-placed_at", "-id")
        middle = mine[mine.count() // 2]
        micros = (middle.placed_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        self.middle = f"{micros}-{middle.pk}"
        self.orders = mine.count()

    def get(self, question: str) -> tuple[int, bytes]:
        """One request through the WSGI application."""
        from urllib.parse import quote

        stand.stand_on(self.name)
        query = quote(question.removeprefix("?").format(middle=self.middle), safe="=&-")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/orders/",
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(settings.MIOBOE_WEB_PORT),
            "HTTP_HOST": f"127.0.0.1:{settings.MIOBOE_WEB_PORT}",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookie,
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
        }
        told: list[int] = []
        answer = application(environ, lambda status, headers, *_: told.append(int(status[:3])))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        return told[0], body


def explain(visitor: Visitor, question: str) -> None:
    stand.stand_on(visitor.name)
    with CaptureQueriesContext(connection) as captured:
        visitor.get(question)
    for query in captured.captured_queries:
        if "orders_" not in query["sql"] or not query["sql"].lstrip("(").startswith("SELECT"):
            continue
        print(f"\n{query['sql'][:600]}")
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + query["sql"].replace("%", "%%"), [])
            print("\n".join(f"    {row[0]}" for row in cursor.fetchall()))


def main() -> None:
    print(__doc__)
    with psycopg.connect(ADDRESS) as server:
        there = {name for (name,) in server.execute("SELECT datname FROM pg_database")}
    for name in SIZES:
        if name not in there or "--again" in sys.argv:
            load(name)
    large, small = Visitor("bench_large"), Visitor("bench_small")
    print(f"{large.orders:,} and {small.orders:,} orders of the measured customers; medians of {RUNS} runs in turn")
    rows = []
    for name, question in QUESTIONS.items():
        works: dict[str, Callable[[], object]] = {
            "large": lambda question=question: large.get(question),  # type: ignore[misc]
            "small": lambda question=question: small.get(question),  # type: ignore[misc]
        }
        status, body = large.get(question)
        assert status == 200, f"{name}: {status}"
        shown = body.count(b"data-order=")
        times = stand.alternating(RUNS, works)
        ratio = times["large"] / times["small"]
        rows.append((name, str(shown), f"{times['large']:.1f}", f"{times['small']:.1f}", f"{ratio:.2f}"))
        if "--explain" in sys.argv:
            explain(large, question)
    stand.print_table(("`/orders/`", "orders shown", "10,000 of 5,000,000, ms", "10 of 5,000, ms", "ratio"), rows)
    first = float(rows[0][4])
    print(f"first page: {first:.2f} times; at most {TARGET} is {'held' if first <= TARGET else 'NOT HELD'}")
    sys.exit(0 if first <= TARGET else 1)


if __name__ == "__main__":
    main()
