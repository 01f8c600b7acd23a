"""Sign-ins recorded durably and scored, over PostgreSQL with fsync, by 8 processes at once, while the fold runs as it does in
production.

Work: `--accounts` accounts with a history; each process notes sign-ins for `--seconds`, each one being read, weighed and written
as the product does it (`decide_and_keep`), four fifths of them from one country and one network operator, with the commonest
browser. Reports sign-ins a second and how long each took; checks afterwards that nothing was lost or counted twice.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import time
from pathlib import Path
from typing import Any

from bench.stand import make_database, print_table, set_up, stand_on

CLIENTS = 8
FOLD_EVERY_S = 3.0
DATABASE = "recognition"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
)


def main(arguments: list[str]) -> None:
    options = argparse.ArgumentParser(prog="script/bench recognition store", description=__doc__)
    options.add_argument("--accounts", type=int, default=50_000)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument(
        "--hot", type=float, default=0.8, help="share of sign-ins from one country, network and browser"
    )
    chosen = options.parse_args(arguments)
    address = set_up("recognition")
    make_database(address, DATABASE)
    stand_on(DATABASE)
    people = _accounts(chosen.accounts)
    # The library that reads browser strings takes a second to load; a server's process has done that long ago.
    from mioboe.signins.browsers import browser_of

    for version in range(60, 127):
        browser_of(CHROME.format(version))
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()
    stop = context.Event()
    start, done = context.Barrier(CLIENTS + 1), context.Event()
    fold = context.Process(target=_fold, args=[stop])
    clients = [
        context.Process(target=_client, args=[number, people, chosen.seconds, chosen.hot, start, answers, done])
        for number in range(CLIENTS)
    ]
    fold.start()
    for client in clients:
        client.start()
    start.wait()
    began, worked = time.perf_counter(), _processor_s(clients)
    times = [taken for _ in clients for taken in answers.get()]
    took = time.perf_counter() - began
    used = [1000 * (after - before) / len(times) for before, after in zip(worked, _processor_s(clients), strict=True)]
    done.set()
    for client in clients:
        client.join()
    stop.set()
    fold.join()
    cuts = statistics.quantiles(times, n=1000)
    print_table(
        ["clients", "sign-ins", "a second", "p50, ms", "p99, ms", "p99.9, ms", "processor of client + server, ms each"],
        [
            [
                str(CLIENTS),
                f"{len(times):,}",
                f"{len(times) / took:,.0f}",
                *(f"{1000 * cuts[cut - 1]:.1f}" for cut in (500, 990, 999)),
                f"{used[0]:.2f} + {used[1]:.2f}",
            ]
        ],
    )
    _check(len(times))


def _processor_s(clients: list[Any]) -> tuple[float, float]:
    """Processor time so far of the clients, and of every process of the PostgreSQL that they talk to, seconds: what the machine must
    give, whatever else runs on it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    server = _stat(own)[0]
    servers = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return (
        sum(_stat(client.pid)[1] for client in clients),
        sum(used for parent, used in map(_stat, servers) if parent == server),
    )


def _stat(pid: int) -> tuple[int, float]:
    """A process's parent and its processor seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0.0
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _accounts(many: int) -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_person (password, is_superuser, email, name, role, language, time_zone, is_active, is_staff, joined_at)"
            " SELECT '', false, 'p' || n || '@customer.example', '', 'customer', 'ja', 'Asia/Tokyo', true, false, now()"
            " FROM generate_series(1, %s) n RETURNING id",
            [many],
        )
        people = [number for (number,) in cursor.fetchall()]
    connection.close()
    return people


def _client(number: int, people: list[int], seconds: float, hot: float, start: Any, answers: Any, done: Any) -> None:
    from django.db import connection
    from django.utils import timezone

    from mioboe.signins.actions.memory import tallies
    from mioboe.signins.actions.noting import decide_and_keep
    from mioboe.signins.models import SignIn

    rng = random.Random(number)
    tallies()
    times = []
    start.wait()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        is_hot = rng.random() < hot
        person = rng.choice(people)
        sign_in = SignIn(
            person_id=person,
            at=timezone.now(),
            ip=f"126.{person >> 8 & 255}.{person & 255}.{rng.randrange(1, 3)}" if is_hot else f"24.{rng.randrange(256)}.{rng.randrange(256)}.1",
            country="JP" if is_hot else rng.choice(["US", "DE", "BR", "NO"]),
            asn=17676 if is_hot else rng.randrange(1, 3000),
            user_agent=CHROME.format(126 if is_hot else rng.randrange(60, 126)),
            session_digest=f"{number}-{len(times)}",
        )  # fmt: skip
        began = time.perf_counter()
        decide_and_keep(sign_in, first_ever=False, proven=True, removed=False)
        times.append(time.perf_counter() - began)
    answers.put(times)
    done.wait()
    connection.close()


def _fold(stop: Any) -> None:
    from django.db import connection

    from mioboe.signins.actions import fold

    while not stop.wait(FOLD_EVERY_S):
        fold()
    connection.close()


def _check(expected: int) -> None:
    from django.db import connection

    from mioboe.signins.actions import fold

    fold()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM signins_signin), (SELECT sign_ins FROM signins_fold), (SELECT sum(sign_ins) FROM signins_accountprofile)"
        )
        counts = cursor.fetchone()
    if set(counts) != {expected}:
        raise SystemExit(f"{expected} sign-ins were noted, but rows, tallies and profiles say {counts}")
    print("Rows, tallies and profiles agree.")
