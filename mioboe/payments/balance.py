"""A day of the ledger, for the operator's page: how each account began, what moved, how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone
from moneyed import Money

from mioboe.payments.models import Account, LedgerRow, MovementKind


@dataclass(frozen=True)
class AccountDay:
    account: Account
    opening: Money
    moved: tuple[Money, ...]  # one for each kind of `kinds`
    closing: Money


@dataclass(frozen=True)
class Day:
    day: date
    currency: str
    kinds: tuple[tuple[MovementKind, int], ...]  # what moved that day, and how many times
    accounts: tuple[AccountDay, ...]

    @property
    def is_balanced(self) -> bool:
        return sum(line.closing.amount for line in self.accounts) == 0


def day_of(day: date, currency: str = "JPY") -> Day:
    """The ledger's `day` on the shop's clock (TIME_ZONE). Debits are above zero."""
    begin, end = _bounds(day)
    rows = LedgerRow.objects.filter(amount_currency=currency, at__lt=end)
    sums = rows.values("account").annotate(
        opening=Sum("amount", filter=Q(at__lt=begin)), closing=Sum("amount", filter=Q(at__lt=end))
    )
    opened = {row["account"]: row for row in sums}
    moved: dict[tuple[str, str], int] = {}
    times: dict[str, int] = {}
    today = rows.filter(at__gte=begin).values("account", "kind").annotate(total=Sum("amount"), times=Count("pk"))
    for row in today:
        moved[row["account"], row["kind"]] = row["total"]
        times[row["kind"]] = max(times.get(row["kind"], 0), row["times"])
    kinds = tuple((kind, times[kind]) for kind in MovementKind if kind in times)

    def money(amount: int | None) -> Money:
        return Money(amount or 0, currency)

    return Day(
        day,
        currency,
        kinds,
        tuple(
            AccountDay(
                account,
                money(opened[account]["opening"]),
                tuple(money(moved.get((account, kind))) for kind, _ in kinds),
                money(opened[account]["closing"]),
            )
            for account in Account
            if account in opened
        ),
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(day, time.min, tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone),
    )


def rows_of(day: date) -> Iterator[LedgerRow]:
    """Every row of the day, in order; read in pieces."""
    begin, end = _bounds(day)
    return LedgerRow.objects.filter(at__gte=begin, at__lt=end).order_by("at", "pk").iterator(chunk_size=2000)
