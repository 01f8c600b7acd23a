"""Writing single rows where somebody waits: what `create` and `update` do, with statements that are compiled once.

Django compiles a statement anew each time, which costs several times what sending it does; a purchase writes a dozen
rows."""

from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from moneyed import Money

Row = TypeVar("Row", bound=models.Model)


def insert(row: Row) -> Row:
    """Writes a new row and gives it its primary key and what it has by default in the database. As `Model.objects.create`
    does, but that what generated columns and triggers fill in is not read back, and that no signals are sent: nobody here
    listens to them. For models with a primary key of the database's own. Raises IntegrityError."""
    return insert_all([row])[0]


def insert_all(rows: list[Row]) -> list[Row]:
    """The same for some rows of one model, all or none of which have a value of their own where the database has one."""
    model = type(rows[0])
    given: list[Any] = []
    left: list[Any] = []
    for field in _columns(model):
        (left if isinstance(getattr(rows[0], field.attname), DatabaseDefault) else given).append(field)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in given]
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, tuple(field.attname for field in given), len(rows)), values)
        for row, (key, *defaults) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            for field, default in zip(left, defaults, strict=True):
                setattr(row, field.attname, default)
            row._state.adding, row._state.db = False, connection.alias
    return rows


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
def _insert(model: type[models.Model], attnames: tuple[str, ...], rows: int) -> str:
    quote = connection.ops.quote_name
    fields = [field for field in _columns(model) if field.attname in attnames]
    back = [_key(model), *(quote(field.column) for field in _columns(model) if field.attname not in attnames)]
    places = f"({', '.join(_place(field) for field in fields)})"
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"
        f" VALUES {', '.join([places] * rows)} RETURNING {', '.join(back)}"
    )


def _key(model: type[models.Model]) -> str:
    key: Any = model._meta.pk
    return connection.ops.quote_name(key.column)


def _place(field: Any) -> str:
    return str(field.get_placeholder(None, None, connection)) if hasattr(field, "get_placeholder") else "%s"
