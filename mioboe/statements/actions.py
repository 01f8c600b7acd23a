from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from mioboe.payments.models import Charge, ChargeState, Refund, RefundState
from mioboe.people.models import Person
from mioboe.site.live import announce
from mioboe.statements.explaining import Regular, Waiting, regular, waiting
from mioboe.statements.issuers import Line, read_statement
from mioboe.statements.issuers.cells import minor_of
from mioboe.statements.matching import EARLIEST, LATEST, How, Match, Moved, match
from mioboe.statements.models import Outcome, StatementCheck, StatementLine
from mioboe.trail.actions import record

READ_AT_ONCE = 5_000
OUTCOMES = {
    How.SEVERAL: Outcome.SEVERAL,
    How.PART: Outcome.PART,
    How.NET: Outcome.NET,
    How.NAMELESS: Outcome.LIKELY,
    How.UNKNOWN: Outcome.UNKNOWN,
}


@dataclass(frozen=True)
class Checked:
    """What came out. `others` are other shops' lines: shown once to whoever brought the file, and not kept; `regular` which of them
    come back month by month; `waiting` what of ours is not on the statement, and why."""

    check: StatementCheck
    others: list[Line] = field(default_factory=list)
    regular: list[Regular] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)


@transaction.atomic
def check_statement(person: Person, data: bytes, about: str = "") -> Checked:
    """Reads an issuer's file in memory and matches it against the person's charges and refunds. `about` is the case it was
    looked at for. Each call is a check of its own. Raises Unreadable, and keeps nothing then."""
    statement = read_statement(data)
    days = [line.day for line in statement.lines]
    moved = movements(person, min(days), max(days)) if days else ()
    found = match(statement.lines, moved)
    awaited = waiting(person, found, max(days)) if days else []
    check = StatementCheck.objects.create(
        person=person,
        issuer=statement.issuer,
        line_count=len(statement.lines),
        missing_refunds=sum(one.is_refund for one in awaited),
    )
    StatementLine.objects.bulk_create(_kept(check, each) for each in found.matches)
    record("statement.checked", [person.ref, *([about] if about else [])], person, lines=len(statement.lines))
    if about:
        announce(about)
    return Checked(check, found.others, regular(found.others), awaited)


def movements(person: Person, first: date, last: date) -> Iterator[Moved]:
    """What a statement with lines from `first` to `last` may tell of: charges taken and refunds paid out, in the order of their days,
    read as they are needed."""
    bounds = (first - LATEST, last + EARLIEST)
    charges = Charge.objects.filter(person=person, state=ChargeState.CAPTURED)
    refunds = Refund.objects.filter(charge__person=person, state=RefundState.SETTLED)
    return merge(
        _moved(charges, 1, "captured_at", bounds, "captured", "captured_currency", "reference"),
        _moved(refunds, -1, "settled_at", bounds, "amount", "amount_currency", "charge__reference"),
        key=attrgetter("day"),
    )


def _moved(rows: QuerySet[Any], sign: int, at: str, bounds: tuple[date, date], *columns: str) -> Iterator[Moved]:
    days = rows.annotate(day=TruncDate(at)).filter(day__gte=bounds[0], day__lte=bounds[1]).order_by("day")
    for key, day, amount, currency, about in days.values_list("pk", "day", *columns).iterator(READ_AT_ONCE):
        yield Moved(key, day, sign * minor_of(amount, currency), currency, about)


def _kept(check: StatementCheck, each: Match) -> StatementLine:
    only = each.moved[0] if len(each.moved) == 1 else None
    plain = Outcome.REFUND if only and only.amount < 0 else Outcome.CHARGE
    return StatementLine(
        check_of=check,
        date=each.line.day,
        merchant=each.line.merchant,
        amount=each.line.total,
        outcome=OUTCOMES.get(each.how, plain),
        charge_id=only.key if only and only.amount > 0 else None,
        refund_id=only.key if only and only.amount < 0 else None,
        about=list(dict.fromkeys(one.about for one in each.moved if one.about)),
    )
