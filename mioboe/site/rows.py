"""Writing single rows where somebody waits: what `create` and `update` do, with statements that are compiled once (reads.py is
the same for reading), and several rows of several tables with one.

Django compiles a statement anew each time, which costs several times what sending it does; a purchase writes a dozen
rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from moneyed import Money

Row = TypeVar("Row", bound=models.Model)


# What waits to be written with the others: rows, and what follows once they have their keys; and the savepoints of its block.
_Waiting = tuple[list[models.Model], list[Callable[[], None]], tuple[str, ...]]
_waiting: ContextVar[_Waiting | None] = ContextVar("rows_waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Rows that are given to `add` within this block are written at its end, by one statement for all of them; to be used
    inside a transaction. Raises IntegrityError there. Nothing in the block may look for them, or count on their keys, before.
    Blocks within a block are a part of it."""
    if _waiting.get() is not None:
        yield
        return
    rows: list[models.Model] = []
    after: list[Callable[[], None]] = []
    token = _waiting.set((rows, after, tuple(connection.savepoint_ids)))
    try:
        yield
    finally:
        _waiting.reset(token)
    if rows:
        _write(rows)
    for follow in after:
        follow()


def add(row: Row, then: Callable[[], None] | None = None) -> Row:
    """Writes a new row as `insert` does: together with others where somebody gathers them, else at once. `then` follows when
    the row has its key."""
    waiting = _waiting.get()
    # What stands in a savepoint of its own may be taken back without the rest.
    if waiting is None or tuple(connection.savepoint_ids) != waiting[2]:
        insert(row)
        if then:
            then()
        return row
    waiting[0].append(row)
    if then:
        waiting[1].append(then)
    return row


def insert(row: Row) -> Row:
    """Writes a new row and gives it its primary key and what it has by default in the database. As `Model.objects.create`
    does, but that what generated columns and triggers fill in is not read back, and that no signals are sent: nobody here
    listens to them. For models with a primary key of the database's own. Raises IntegrityError."""
    model = type(row)
    given, left = _given(row)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in given]
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, tuple(field.attname for field in given), 1), values)
        key, *defaults = cursor.fetchone()
    for field, default in zip(left, defaults, strict=True):
        setattr(row, field.attname, default)
    return _written(row, key)


def _given(row: models.Model) -> tuple[list[Any], list[Any]]:
    """The fields that the row has a value of its own for, and those that are left to the database."""
    given: list[Any] = []
    left: list[Any] = []
    for field in _columns(type(row)):
        (left if isinstance(getattr(row, field.attname), DatabaseDefault) else given).append(field)
    return given, left


def _written(row: Row, key: Any) -> Row:
    row.pk = key
    row._state.adding, row._state.db = False, connection.alias
    return row


def _write(rows: list[models.Model]) -> None:
    """All of them by one statement; what the database fills in is read when somebody asks for it."""
    groups: dict[Any, list[models.Model]] = {}
    for row in rows:
        groups.setdefault((type(row), tuple(field.attname for field in _given(row)[0])), []).append(row)
    fields = {(model, given): [f for f in _columns(model) if f.attname in given] for model, given in groups}
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for shape, group in groups.items()
        for row in group
        for field in fields[shape]
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insert_groups(tuple((*shape, len(group)) for shape, group in groups.items())), values)
        keys = cursor.fetchone()
    for ((model, given), group), theirs in zip(groups.items(), keys, strict=True):
        left = [field.attname for field in _columns(model) if field.attname not in given]
        for row, key in zip(group, theirs, strict=True):
            _written(row, key)
            for name in left:
                row.__dict__.pop(name, None)


@cache
def _insert_groups(shape: tuple[tuple[type[models.Model], tuple[str, ...], int], ...]) -> str:
    # A statement whose parts write, each seeing what was there before: PostgreSQL runs every one to its end.
    parts = [
        f"w{place} AS ({_insert(model, given, count, back=False)})" for place, (model, given, count) in enumerate(shape)
    ]
    keys = [f"ARRAY(SELECT {_key(model)} FROM w{place})" for place, (model, _, _) in enumerate(shape)]
    return f"WITH {', '.join(parts)} SELECT {', '.join(keys)}"


def update_if(row: models.Model, expected: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Writes `facts` (plain values) into the row where its columns still are as `expected` (none of them None); whether they were. The object
    itself stays as it is."""
    model = type(row)
    for name, value in list(facts.items()):
        if isinstance(value, Money):
            facts = facts | {f"{name}_currency": str(value.currency)}
    with connection.cursor() as cursor:
        cursor.execute(
            _update(model, tuple(facts), tuple(expected)),
            [_kept(model, name, value) for name, value in (*facts.items(), *expected.items())] + [row.pk],
        )
        return bool(cursor.rowcount)


def _kept(model: type[models.Model], name: str, value: Any) -> Any:
    plain = value.pk if isinstance(value, models.Model) else value
    field: Any = model._meta.get_field(name)
    return field.get_db_prep_save(plain, connection)


@cache
def _update(model: type[models.Model], facts: tuple[str, ...], expected: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name

    def is_(name: str) -> str:
        field: Any = model._meta.get_field(name)
        return f"{quote(field.column)} = {_place(field)}"

    return (
        f"UPDATE {quote(model._meta.db_table)} SET {', '.join(map(is_, facts))}"
        f" WHERE {''.join(is_(name) + ' AND ' for name in expected)}{_key(model)} = %s"
    )


@cache
def _columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not (field.primary_key or field.generated)]


@cache
def _insert(model: type[models.Model], attnames: tuple[str, ...], rows: int, back: bool = True) -> str:
    quote = connection.ops.quote_name
    fields = [field for field in _columns(model) if field.attname in attnames]
    left = [quote(field.column) for field in _columns(model) if field.attname not in attnames]
    places = f"({', '.join(_place(field) for field in fields)})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"
        f" VALUES {', '.join([places] * rows)} RETURNING {', '.join([_key(model), *(left if back else [])])}"
    )


def _key(model: type[models.Model]) -> str:
    key: Any = model._meta.pk
    return connection.ops.quote_name(key.column)


def _place(field: Any) -> str:
    return str(field.get_placeholder(None, None, connection)) if hasattr(field, "get_placeholder") else "%s"
