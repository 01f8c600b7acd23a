"""When something ordered now is there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from mioboe.orders.delivery import Area, Delivery, delivery
from mioboe.orders.models import Destination, Product
from mioboe.people.models import Address


@dataclass(frozen=True)
class Place:
    """All that a promise needs to know of where to."""

    prefecture: str  # in English


@dataclass(frozen=True)
class Promise:
    """Ordered before `cut_off`, it arrives on `date` (the shop's calendar) within `window`. A film has neither: it is
    there at once."""

    cut_off: datetime | None
    date: date
    window: tuple[datetime, datetime] | None
    prefecture: str = ""  # where to, in English

    @property
    def is_at_once(self) -> bool:
        return self.window is None


def promise_for(product: Product, address: Address | Destination | Place | None, now: datetime) -> Promise:
    """What we promise to somebody who orders `product` at `now` to `address` (None: to the shop's own prefecture)."""
    here = timezone.get_default_timezone()
    if product.is_film:
        return Promise(None, now.astimezone(here).date(), None)
    rules = delivery()
    prefecture = address.prefecture if address else rules.home
    area = rules.area(prefecture)
    order_day, cut_off = _next_cut_off(rules, area, now)
    leaves = order_day
    for _ in range(product.packing_days):
        leaves = rules.next_working_day(leaves + timedelta(days=1))
    arrives = leaves + timedelta(days=area.days)
    start, end = (_moment(arrives, time(hour)) for hour in area.window)
    return Promise(cut_off, arrives, (start, end), prefecture)


def _next_cut_off(rules: Delivery, area: Area, now: datetime) -> tuple[date, datetime]:
    today = now.astimezone(timezone.get_default_timezone()).date()
    day = rules.next_working_day(today)
    if _moment(day, area.cut_off) <= now:
        day = rules.next_working_day(day + timedelta(days=1))
    return day, _moment(day, area.cut_off)


def _moment(day: date, clock: time) -> datetime:
    """In UTC: two moments of one zone with summer time would be compared by the clock on the wall."""
    return datetime.combine(day, clock, timezone.get_default_timezone()).astimezone(UTC)
