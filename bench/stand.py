"""What every measurement stands on: a PostgreSQL of its own, databases in it, loading by COPY, and a table at the end."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

REPOSITORY = Path(__file__).resolve().parents[1]
# As much text as goes to COPY at once, characters.
COPY_CHUNK = 1 << 20


def set_up(name: str) -> str:
    """A data folder of this measurement's own, Django on the PostgreSQL in it; answers the database's address. To be
    called first of all, before anything of mioboe is imported."""
    from mioboe.site.postgres import database_url

    for setting in [setting for setting in os.environ if setting.startswith("MIOBOE_")]:
        del os.environ[setting]
    folder = REPOSITORY / "var" / f"bench-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    address = database_url(folder)
    os.environ |= {
        "MIOBOE_DEMO": "1",
        "MIOBOE_DATA_DIR": str(folder),
        "MIOBOE_LOG_LEVEL": "ERROR",
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "mioboe.site.settings",
    }
    import django

    django.setup()
    return address


def make_database(address: str, name: str) -> str:
    """A new, empty database `name` beside the one at `address`, with every migration; answers its address."""
    from django.core.management import call_command
    from django.db import connections

    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    stand_on(name)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    connections["default"].close()
    return f"{address.rsplit('/', 1)[0]}/{name}"


_kept: dict[str, object] = {}


def stand_on(name: str) -> None:
    """From now on Django's default connection is to the database `name`. Connections are kept, as a server keeps them."""
    from django.db import connections

    wrapper = _kept.get(name)
    if wrapper is None:
        wrapper = _kept[name] = connections["default"].copy()
        wrapper.settings_dict = {**wrapper.settings_dict, "NAME": name}  # type: ignore[attr-defined]
    connections["default"] = wrapper


@contextmanager
def bulk_load(address: str, tables: Sequence[str]) -> Iterator[psycopg.Connection]:
    """A connection for COPY into `tables`, without their indexes, unique constraints, triggers and foreign-key checks,
    which are made again (or on again) afterwards; then VACUUM ANALYZE."""
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        server.execute("SET maintenance_work_mem = '512MB'")
        again = []
        for table in tables:
            constraints = server.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype = 'u'",
                [table],
            ).fetchall()
            for name, definition in constraints:
                server.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
                again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
            indexes = server.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
                " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
                [table],
            ).fetchall()
            for name, definition in indexes:
                server.execute(f'DROP INDEX "{name}"')
                again.append(definition)
        yield server
        began = time.perf_counter()
        for statement in again:
            server.execute(statement)
        for table in tables:
            server.execute(f"VACUUM ANALYZE {table}")
        print(f"  indexes made and vacuumed in {time.perf_counter() - began:.0f} s", flush=True)


def copy(server: psycopg.Connection, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY of lines in PostgreSQL's text form; prints its rate."""
    began, rows = time.perf_counter(), 0
    with server.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as into:
        chunk: list[str] = []
        size = 0
        for line in lines:
            chunk.append(line)
            rows += 1
            size += len(line)
            if size > COPY_CHUNK:
                into.write("".join(chunk))
                chunk, size = [], 0
        into.write("".join(chunk))
    took = time.perf_counter() - began
    print(f"  {table:24} {rows:>10,} rows in {took:6.1f} s: {rows / took:>10,.0f} rows/s", flush=True)


def alternating(runs: int, works: dict[str, Callable[[], object]], warm_up: int = 3) -> dict[str, float]:
    """The median time of each work, ms, of `runs` runs in turn, so that what else the machine does hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for run in range(runs + warm_up):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if run >= warm_up:
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table in Markdown, ready for docs/bench.md, with the machine under it."""
    print(f"\n| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(
        f"\n{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
