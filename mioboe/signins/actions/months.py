"""Sign-ins and failed attempts lie in one partition a month: made ahead, kept for six months, dropped whole."""

import re
from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils import timezone

from mioboe.signins.actions.thresholds import forget_old_scores
from mioboe.signins.models import SignIn

TABLES = ("signins_signin", "signins_attempt")
MONTHS_AHEAD = 3
# Besides the running one. Stated on the page that shows them; older history adds nothing to the score.
MONTHS_KEPT = 6
# A running sign-in is never kept waiting for longer than this by the catalogue's locks; the job comes again.
LOCK_LIMIT_MS = 2000


def keep_months() -> list[str]:
    """Makes the coming months' partitions, drops those too old, and answers the names of what was dropped. May be called twice,
    and by several at once. Should a month have been missing, its rows wait in the default partition and are moved."""
    this = _month(timezone.now())
    for table in TABLES:
        for month in range(this - MONTHS_KEPT, this + MONTHS_AHEAD + 1):
            _make(table, month)
    forget_old_scores()
    return [name for table in TABLES for name in _drop_before(table, this - MONTHS_KEPT)]


def there_are_months() -> bool:
    """Whether the database is as far as to have partitions (a migration may stop before)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relkind = 'p' AND relname = ANY(%s) AND relnamespace = current_schema()::regnamespace",
            [list(TABLES)],
        )
        return cursor.fetchone()[0] == len(TABLES)


def _month(moment: datetime) -> int:
    moment = moment.astimezone(UTC)
    return moment.year * 12 + moment.month - 1


def _start(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}-01 00:00+00"


def _name(table: str, month: int) -> str:
    return f"{table}_{month // 12:04}_{month % 12 + 1:02}"


@transaction.atomic
def _make(table: str, month: int) -> None:
    name, bounds = _name(table, month), [_start(month), _start(month + 1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone()[0]:
            return
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_LIMIT_MS}ms"])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone()[0]:
            return
        cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(
            f"WITH late AS (DELETE FROM {table}_default WHERE at >= %s AND at < %s RETURNING *) INSERT INTO {name} SELECT * FROM late",
            bounds,
        )
        # A statement of this kind takes no parameters.
        first, end = bounds
        cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}')")


@transaction.atomic
def _drop_before(table: str, month: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    old = []
    for name in names:
        found = re.fullmatch(rf"{table}_(\d{{4}})_(\d\d)", name)
        if found and int(found[1]) * 12 + int(found[2]) - 1 < month:
            old.append(name)
    for name in old:
        if table == SignIn._meta.db_table:
            _let_go(name)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_LIMIT_MS}ms"])
            cursor.execute(f"DROP TABLE {name}")
    return old


def _let_go(partition: str) -> None:
    """Whoever refers to these sign-ins forgets them, as a deleted row's referrers do; no room above needs to be known for that."""
    for relation in SignIn._meta.related_objects:
        table, column = relation.related_model._meta.db_table, relation.field.column
        with connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{column}" = NULL WHERE "{column}" IN (SELECT id FROM {partition})')
