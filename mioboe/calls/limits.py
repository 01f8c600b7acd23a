"""How often customers may make us dial, and for how much (docs/decisions/limits-of-calls.md).

Counted in the database, in the transaction of what is counted, each rule under a lock of its own: a thousand presses at once count as
a thousand. A number that has been on file for long (MIOBOE_PROOF_DAYS) counts apart from what others ask for at the same number, so
that nobody locks out its owner.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from ipaddress import ip_interface
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max, QuerySet, Sum
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.calls.models import Asked, Callback, CallDay, LimitName, Refused
from mioboe.calls.numbers import region_of
from mioboe.calls.opening import shop_zone
from mioboe.people.guesses import line_of
from mioboe.people.models import Person, Phone
from mioboe.signins.networks import MOBILE_CARRIERS, asn_of
from mioboe.site.live import announce
from mioboe.site.templatetags.site_tags import phone_masked

# What telephone carriers ask of click-to-call, for one number.
OF_A_NUMBER = ((7, timedelta(minutes=15)), (9, timedelta(hours=1)), (15, timedelta(days=1)))
# One account, or one line, at a number that the account has not had on file: so few that it alone cannot use the number's up.
OF_A_STRANGER = ((4, timedelta(hours=1)), (6, timedelta(days=1)))
OF_AN_ACCOUNT = ((9, timedelta(hours=1)), (20, timedelta(days=1)))
# Different numbers that are on nobody's file, from one line within an hour; a mobile carrier's gateway stands for thousands.
NUMBERS_OF_A_LINE, NUMBERS_OF_A_CARRIER = 3, 30
HOUR = timedelta(hours=1)
# Of the day's calls and money so much is for everybody; the rest is kept for numbers that have been on file for long.
FOR_EVERYBODY = 0.75
# A call counts for so many minutes until it has ended; a country without a rate for so many yen a minute.
RESERVED_MINUTES = 10
RATE_OF_OTHERS = 200
FREE_CARRIERS = {"browser"}
KEPT_FOR, REFUSALS_KEPT_FOR = timedelta(days=2), timedelta(days=30)


class OverLimit(Exception):
    """So many calls are not made. `again_at` is when one may be asked for again."""

    def __init__(self, limit: LimitName, key: str, again_at: datetime, person: Person, number: str) -> None:
        super().__init__(limit.value)
        self.limit, self.key, self.again_at, self.person, self.number = limit, key, again_at, person, number


def count_call(person: Person, number: str, address: str | None) -> Asked:
    """Counts a call that the person asks for at `number` (E.164) from a network address; in the caller's transaction, which undoes it.
    Raises OverLimit, with which nothing is counted."""
    now, key, line = timezone.now(), digest("number", number), digest("line", line_of(address)) if address else ""
    is_known = is_on_file(person, number, now)
    _lock(f"number:{key}", f"account:{person.pk}", f"line:{line}")
    number_calls = Asked.objects.filter(number=key, is_known=is_known)
    if is_known:
        _check(LimitName.NUMBER, f"{key}:{person.pk}", number_calls.filter(person=person), OF_A_NUMBER, person, number)
    else:
        _check(LimitName.NUMBER, key, number_calls, OF_A_NUMBER, person, number)
        _check(
            LimitName.STRANGER, f"{key}:{person.pk}", number_calls.filter(person=person), OF_A_STRANGER, person, number
        )
        if line:
            _check(LimitName.STRANGER, f"{key}:{line}", number_calls.filter(line=line), OF_A_STRANGER, person, number)
            _check_line(line, address or "", key, now, person, number)
    _check(LimitName.ACCOUNT, str(person.pk), Asked.objects.filter(person=person), OF_AN_ACCOUNT, person, number)
    cost = reserved(number)
    _count_day(cost, is_known, now, person, number)
    return Asked.objects.create(person=person, number=key, line=line, is_known=is_known, cost=cost, at=now)


def digest(what: str, about: str) -> str:
    return hashlib.sha256(f"calls.{what}|{about}".encode("utf-8", "surrogatepass")).hexdigest()


def is_on_file(person: Person, number: str, now: datetime) -> bool:
    """Whether the person has had the number on file for longer than an intruder would wait."""
    ago = now - timedelta(days=settings.MIOBOE_PROOF_DAYS)
    return Phone.objects.filter(person=person, number=number, since__lte=ago).exists()


def _lock(*names: str) -> None:
    """Whoever counts the same waits; always in one order, so that no two wait for each other."""
    keys = sorted(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True) for name in names)
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _check(
    limit: LimitName,
    key: str,
    calls: QuerySet[Asked],
    rules: Iterable[tuple[int, timedelta]],
    person: Person,
    number: str,
) -> None:
    now = timezone.now()
    waits: list[datetime] = []
    for most, within in rules:
        # The one that must be over before another may come.
        last = list(calls.filter(at__gt=now - within).order_by("-at").values_list("at", flat=True)[most - 1 : most])
        waits += [last[0] + within] if last else []
    if waits:
        raise OverLimit(limit, key, max(waits), person, number)


def _check_line(line: str, address: str, key: str, now: datetime, person: Person, number: str) -> None:
    others = Asked.objects.filter(line=line, is_known=False, at__gt=now - HOUR).exclude(number=key)
    newest = sorted(row["last"] for row in others.values("number").annotate(last=Max("at")).order_by())
    most = NUMBERS_OF_A_LINE
    if len(newest) >= most and is_of_a_carrier(address):
        most = NUMBERS_OF_A_CARRIER
    if len(newest) >= most:
        raise OverLimit(LimitName.LINE, line, newest[len(newest) - most] + HOUR, person, number)


def is_of_a_carrier(address: str) -> bool:
    try:
        return asn_of(str(ip_interface(address).ip)) in MOBILE_CARRIERS
    except ValueError:
        return False


def reserved(number: str) -> Money:
    """What a call counts for before anybody knows how long it takes; nothing where no carrier costs anything."""
    return _cost(number, RESERVED_MINUTES)


def _costs_something() -> bool:
    return not set(settings.MIOBOE_CARRIERS) <= FREE_CARRIERS


def _day_of(moment: datetime) -> date:
    """Days are the shop's."""
    return moment.astimezone(shop_zone()).date()


def _cost(number: str, minutes: int) -> Money:
    if not _costs_something():
        return Money(0, JPY)
    return Money(settings.MIOBOE_CALL_RATES.get(region_of(number), RATE_OF_OTHERS) * minutes, JPY)


def _count_day(cost: Money, is_known: bool, now: datetime, person: Person, number: str) -> None:
    """One statement counts and checks at once; the row is the day's own, and locked last."""
    share = 1.0 if is_known else FOR_EVERYBODY
    day = _day_of(now)
    CallDay.objects.bulk_create([CallDay(day=day)], ignore_conflicts=True)
    most_calls, most_cost = int(settings.MIOBOE_CALLS_A_DAY * share), int(settings.MIOBOE_CALL_SPEND_A_DAY * share)
    today = CallDay.objects.filter(day=day)
    affordable = today.filter(cost__lte=most_cost - cost.amount) if cost.amount else today
    if affordable.filter(asked__lt=most_calls).update(asked=F("asked") + 1, cost=F("cost") + cost.amount):
        return
    tomorrow = datetime.combine(day + timedelta(days=1), time(), shop_zone())
    limit = LimitName.SPEND if today.filter(asked__lt=most_calls).exists() else LimitName.DAY
    raise OverLimit(limit, "shop", tomorrow, person, number)


def counts_for(asked: Asked, callback: Callback) -> None:
    """Says which callback was counted. What was reserved for it before, for another number, is not dialled after all."""
    for before in Asked.objects.select_for_update().filter(callback=callback, settled_at__isnull=True):
        _put_right(before, Money(0, JPY))
    asked.callback = callback
    asked.save(update_fields=["callback"])


@transaction.atomic
def settle(callback: Callback) -> None:
    """Counts what a call that is over came to in the place of what was reserved for it. May be called twice: the first counts."""
    answered, ended = callback.answered_at, callback.ended_at
    minutes = -(-int((ended - answered).total_seconds()) // 60) if answered and ended else 0
    for asked in Asked.objects.select_for_update().filter(callback=callback, settled_at__isnull=True):
        _put_right(asked, _cost(callback.number.as_e164, minutes))


def _put_right(asked: Asked, cost: Money) -> None:
    difference = cost.amount - asked.cost.amount
    Asked.objects.filter(pk=asked.pk).update(cost=cost.amount, settled_at=timezone.now())
    if difference:
        CallDay.objects.filter(day=_day_of(asked.at)).update(cost=F("cost") + difference)


@transaction.atomic
def note_refusal(refusal: OverLimit) -> None:
    """For the operator: who met which limit today, how often. One row however often."""
    now = timezone.now()
    row, is_new = Refused.objects.get_or_create(
        day=_day_of(now),
        limit=refusal.limit,
        key=digest("refused", refusal.key),
        defaults={"person": refusal.person, "number_end": phone_masked(refusal.number), "last_at": now},
    )
    if not is_new:
        Refused.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=now)
    announce("desk")


@dataclass(frozen=True)
class Today:
    """What has been asked for today, beside what is allowed."""

    asked: int
    most: int
    cost: Money
    most_cost: Money
    costs_something: bool
    refused: list[Refused]

    @property
    def asked_percent(self) -> int:
        return _percent(self.asked, self.most)

    @property
    def cost_percent(self) -> int:
        return _percent(int(self.cost.amount), int(self.most_cost.amount))


def _percent(part: int, whole: int) -> int:
    return min(100, part * 100 // whole) if whole > 0 else 100


def today(most_rows: int = 50) -> Today:
    """For the operator's page."""
    day = _day_of(timezone.now())
    counted = CallDay.objects.filter(day=day).first()
    refused = Refused.objects.filter(day=day).select_related("person").order_by("-last_at")
    return Today(
        asked=counted.asked if counted else 0,
        most=settings.MIOBOE_CALLS_A_DAY,
        cost=counted.cost if counted else Money(0, JPY),
        most_cost=Money(settings.MIOBOE_CALL_SPEND_A_DAY, JPY),
        costs_something=_costs_something(),
        refused=list(refused[:most_rows]),
    )


def refused_today() -> int:
    """How many calls the limits have refused today."""
    return Refused.objects.filter(day=_day_of(timezone.now())).aggregate(all=Sum("times"))["all"] or 0


def drop_old() -> int:
    """Drops what no rule looks at any more; answers how many. May be called twice."""
    now: Any = timezone.now()
    old = Asked.objects.filter(at__lt=now - KEPT_FOR, callback__ended_at__isnull=False)
    gone = old.delete()[0] + Asked.objects.filter(at__lt=now - KEPT_FOR, callback__isnull=True).delete()[0]
    return gone + Refused.objects.filter(last_at__lt=now - REFUSALS_KEPT_FOR).delete()[0]
