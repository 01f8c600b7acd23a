"""A state changes only by compare-and-set, and only as the model's table of changes allows."""

from typing import Any, ClassVar

from django.db import models
from django.db.models.sql.datastructures import Join

from mioboe.site.rows import update_if


class ImpossibleChange(Exception):
    """A change that the model's table does not have: a fault in our code, never a race."""


class JoinedRows(Exception):
    """Compare-and-set over a join is none: Django puts the old state into a subquery, which PostgreSQL does not look at
    again after it has waited for a faster one's lock (EvalPlanQual re-checks the row's own columns only)."""


class Stateful(models.Model):
    """A row with a state. `CHANGES` says from which state it may go where; `change` is the only way."""

    CHANGES: ClassVar[dict[Any, set[Any]]]
    state: Any

    class Meta:
        abstract = True

    def change(self, old: str, new: str, **facts: Any) -> bool:
        """Goes from `old` to `new` with `facts`; False where the row is not in `old` any more: somebody was faster."""
        # An F() is worth something in the database only.
        plain = {name: value for name, value in facts.items() if not hasattr(value, "resolve_expression")}
        if len(plain) == len(facts):
            _must_be_possible(type(self), old, new)
            changed = update_if(self, {"state": old}, {"state": new, **facts})
        else:
            changed = bool(change_all(type(self)._default_manager.filter(pk=self.pk), old, new, **facts))
        if changed:
            for name, value in {"state": new, **plain}.items():
                setattr(self, name, value)
        return changed


def change_all(rows: models.QuerySet[Any], old: str, new: str, **facts: Any) -> int:
    """Takes every row that is in `old` to `new`; answers how many. Raises ImpossibleChange, and JoinedRows for rows that
    are told by another table's columns."""
    _must_be_possible(rows.model, old, new)
    there = rows.filter(state=old)
    query = there.query
    if any(isinstance(table, Join) and query.alias_refcount[name] for name, table in query.alias_map.items()):
        raise JoinedRows(f"{rows.model.__name__}: filter by its own columns, or by `…__in` a query of the other table")
    return there.update(state=new, **facts)


def _must_be_possible(model: type[Stateful], old: str, new: str) -> None:
    if new not in model.CHANGES[old]:
        raise ImpossibleChange(f"{model.__name__}: {old} → {new}")
