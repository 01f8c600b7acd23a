"""The two shops of bench/one_click: ours and the peer on django-oscar, each with a database of its own on one embedded
PostgreSQL with durable settings, the same customers and goods, and one granian process with the same flags."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
DATA = REPOSITORY / "var" / "bench-one-click"
PEER_PYTHON = REPOSITORY / "var" / "bench-oscar" / "bin" / "python"
PASSWORD = "a-long-pass-phrase-1"
GOODS = 32
STOCK = 1_000_000
START_LIMIT_S = 60


@dataclass
class Side:
    name: str
    # The pattern of the path that is pressed, with the product's slug in it; of the page that it stands on; of the answer.
    pressed: str
    page: str
    thanks: str
    port: int = 0
    server: int = 0
    cookies: list[dict[str, str]] = field(default_factory=list)
    # The last order of each path and customer: what somebody who buys the same again says that he knows of.
    latest: dict[str, str] = field(default_factory=dict)
    bought: int = 0
    bought_goods: int = 0

    @property
    def database_url(self) -> str:
        return os.environ["DATABASE_URL"].rpartition("/")[0] + ("/mioboe" if self.name == "ours" else "/oscar")


def ours() -> Side:
    return Side("ours", "/goods/{}/buy/", "/goods/{}/", "/orders/", free_port())


def oscar() -> Side:
    return Side("Oscar", "/one-click/{}/", "", "/checkout/thank-you/", free_port())


# --- ours ----------------------------------------------------------------------------------------------------------


def make_ours(side: Side, customers: int) -> None:
    """The embedded PostgreSQL, the tables, customers with one click on, and goods. To be called before anything of mioboe
    is imported."""
    for name in [name for name in os.environ if name.startswith("MIOBOE_")]:
        del os.environ[name]
    os.environ |= {
        "MIOBOE_DATA_DIR": str(DATA),
        "MIOBOE_TRUSTED_PROXIES": "127.0.0.1",
        "MIOBOE_LOG_LEVEL": "WARNING",
        "MIOBOE_WEB_PORT": str(side.port),
        "DJANGO_SETTINGS_MODULE": "mioboe.site.settings",
    }
    from mioboe.site.postgres import database_url

    os.environ["DATABASE_URL"] = database_url(DATA)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    _stock_ours()
    _people_ours(customers)


def _stock_ours() -> None:
    from moneyed import JPY, Money

    from mioboe.orders.models import Kind, Product

    for number in range(GOODS):
        for kind, name, price in ((Kind.FILM, "film", 500), (Kind.PARCEL, "kettle", 4800)):
            Product.objects.create(
                slug=f"{name}-{number}",
                kind=kind,
                title_ja=f"{name}{number}",
                title_en=f"{name.title()} {number}",
                price=Money(price, JPY),
                picture="site/app.css",  # any file that is there; nobody looks
                stock=STOCK if kind == Kind.PARCEL else None,
            )


def _people_ours(customers: int) -> None:
    from django.contrib.auth.hashers import make_password

    from mioboe.orders.models import OneClick
    from mioboe.payments.models import Card
    from mioboe.people.models import Address, Person

    digest = make_password(PASSWORD)
    for number, mail in enumerate(mails(customers)):
        person = Person.objects.create(email=mail, name="Hana", language="en", password=digest)
        card = Card.objects.create(person=person, token=f"tok-{number}", brand="Visa", last4="4242", expires="09/2029")
        address = Address.objects.create(
            person=person, recipient="Hana Sato", postcode="9800001", prefecture="JP-04", street="1-2-3 Hoshi, Sendai"
        )
        OneClick.objects.create(person=person, is_on=True, card=card, address=address)


@contextmanager
def served_by_us(side: Side) -> Iterator[None]:
    """`python -m mioboe web`, exactly as an operator starts it; then the customers sign in."""
    with running(side, [sys.executable, "-m", "mioboe", "web"], dict(os.environ)):
        yield


def sign_in_ours(side: Side, customers: int) -> None:
    forms = [{"login": mail, "password": PASSWORD, "remember": "on"} for mail in mails(customers)]
    side.cookies = sign_in(side, "/account/login/", forms)


# --- the peer ------------------------------------------------------------------------------------------------------


def make_oscar(customers: int) -> None:
    """Oscar in a virtual environment of its own, its database on our server, and the same customers and goods."""
    import psycopg

    if not PEER_PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER_PYTHON.parents[1])], check=True)
    wanted = REPOSITORY / "requirements" / "bench-oscar.txt"
    uv = Path(sys.executable).parent / "uv"
    sync = [uv, "pip", "sync", "-q", "--python", PEER_PYTHON, "--require-hashes", wanted]
    subprocess.run([str(part) for part in sync], check=True)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("CREATE DATABASE oscar")
    arguments = [str(PEER_PYTHON), "-W", "ignore", "-m", "peer.load", str(customers), str(GOODS)]
    subprocess.run(arguments, env=_oscar_environment(), check=True)


def _oscar_environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HERE / "oscar"),
        "PEER_DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/oscar",
        "PEER_SECRET": secrets.token_urlsafe(50),
        "PEER_PASSWORD": PASSWORD,
    }


@contextmanager
def served_by_oscar(side: Side) -> Iterator[None]:
    """The peer, with our own flags of granian."""
    from mioboe.site.cli import PAGE_THREADS

    flags = ["--host", "127.0.0.1", "--port", str(side.port), "--workers", "1", "--no-access-log"]
    flags += ["--interface", "wsgi", "--blocking-threads", PAGE_THREADS]
    command = [str(PEER_PYTHON.parent / "granian"), *flags, "peer.wsgi:application"]
    with running(side, command, _oscar_environment()):
        yield


def sign_in_oscar(side: Side, customers: int) -> None:
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
def running(side: Side, command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """A server that ends with the block; it answers when the block begins."""
    log = DATA / f"{side.name}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=environment, stdout=written, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + START_LIMIT_S
            while not _answers(side.port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{side.name} does not start: {log}")
                time.sleep(0.05)
            side.server = process.pid
            yield
        finally:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def mails(customers: int) -> list[str]:
    return [f"customer-{number}@customer.example" for number in range(customers)]


def sign_in(side: Side, page: str, forms: list[dict[str, str]]) -> list[dict[str, str]]:
    # Each from an address of its own, as customers are; the limit on sign-ins an address is not ours to meet.
    customers = [{"form": form, "address": f"203.0.113.{number + 1}"} for number, form in enumerate(forms)]
    plan = {"do": "sign_in", "port": side.port, "page": page, "customers": customers}
    cookies: list[dict[str, str]] = ask(plan)["cookies"]
    return cookies


def press(side: Side, slugs: list[str], at_once: int, seconds: float) -> dict[str, Any]:
    """Lets the customers press for so long, each connection one product, and keeps count."""
    told = ask(
        {
            "do": "press",
            "port": side.port,
            "at_once": at_once,
            "seconds": seconds,
            "cookies": side.cookies,
            "pressed": [side.pressed.format(slug) for slug in slugs],
            "pages": [side.page.format(slug) for slug in slugs],
            "thanks": side.thanks,
            "latest": side.latest,
            "watch": {"web_s": side.server, "database_s": database_server()},
        }
    )
    side.latest = told.pop("latest")
    side.bought += len(told["took"])
    side.bought_goods += 0 if slugs[0].startswith("film") else len(told["took"])
    return told


def ask(plan: dict[str, Any]) -> dict[str, Any]:
    """Runs the load in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "presses.py")], input=json.dumps(plan), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"the load failed: {done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def database_server() -> int:
    return int((DATA / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
