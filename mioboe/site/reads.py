"""Reading single rows where somebody waits: what `.first()` does, with statements that are compiled once.

As rows.py for writing: Django builds and compiles a query anew each time, which costs several times what asking the database
does. It stands on what `ModelIterable` of Django does inside; tests/site/test_reads.py asks every one of these both ways."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models, transaction
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)

# Values that nobody asks for stand in a query while it is compiled: by the type of the parameter, and its place.
_MARKS: dict[Any, Callable[[int], Any]] = {
    int: lambda place: -1_073_741_824 + place,
    str: lambda place: f"\x02mark-{place}\x03",
    datetime: lambda place: datetime(1, 1, 2, tzinfo=UTC) + timedelta(days=place),
}


class Read(Generic[Row]):
    """One question to the database. Called with its parameters it answers the first row, or None where there is none. `rows`
    is the query itself, as Django compiles it anew."""

    every: "list[Read[Any]]" = []

    def __init__(self, rows: "Callable[..., models.QuerySet[Row]]") -> None:
        self.rows = rows
        self.__doc__ = rows.__doc__
        self.name = f"{rows.__module__}.{rows.__qualname__}"
        Read.every.append(self)

    def __call__(self, *values: Any) -> Row | None:
        asked = self._asked
        if asked.locks and connection.get_autocommit():
            raise transaction.TransactionManagementError(f"{self.name} locks its row: only inside a transaction")
        with connection.cursor() as cursor:
            cursor.execute(asked.sql, [values[at] if at is not None else fixed for at, fixed in asked.parameters])
            found = cursor.fetchone()
        return None if found is None else asked.built(list(found))

    @cached_property
    def _asked(self) -> "_Asked":
        """Compiled when it is first asked, as the models are not there before."""
        return _Asked(self.name, self.rows)


class _Asked:
    def __init__(self, name: str, rows: "Callable[..., models.QuerySet[Any]]") -> None:
        # Annotations as they were written: a string in modules that ask for it, and then it is none of ours.
        kinds = [parameter.annotation for parameter in inspect.signature(rows).parameters.values()]
        marks = {_MARKS[kind](place): place for place, kind in enumerate(kinds)}
        compiler = rows(*marks).query.get_compiler(connection=connection)
        self.sql, given = compiler.as_sql()
        self.parameters = [(marks.get(value), value) for value in given]
        if {place for place, _ in self.parameters} - {None} != set(marks.values()):
            raise TypeError(f"{name}: each parameter has to stand in the query as it is given")
        self.locks = compiler.query.select_for_update
        self._converters = list(
            compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]]).items()
        )
        facts = compiler.klass_info
        first, last = facts["select_fields"][0], facts["select_fields"][-1] + 1
        self._model, self._columns = facts["model"], slice(first, last)
        self._names = [one[0].target.attname for one in compiler.select[first:last]]
        self._related = get_related_populators(facts, compiler.select, connection.alias)  # type: ignore[call-arg] # the stubs are of Django 6
        if compiler.annotation_col_map:
            raise TypeError(f"{name}: annotations are not read here")

    def built(self, row: list[Any]) -> Any:
        for place, (converters, expression) in self._converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        made = self._model.from_db(connection.alias, self._names, row[self._columns])
        for related in self._related:
            related.populate(row, made)
        return made


def read_often(rows: "Callable[..., models.QuerySet[Row]]") -> Read[Row]:
    """Makes a function of int, str and datetime parameters that answers a query into a `Read`. It runs once, so that
    the query must not depend on the parameters but by holding them."""
    return Read(rows)
