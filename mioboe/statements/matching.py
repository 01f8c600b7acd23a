"""Which lines of a statement are ours, and what each is: a charge, a refund, several of them, a part of one.

Lines and movements come in the order of their days, and a window of some days is all that is held, so that a statement is matched
against a million charges in the memory that a hundred need."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple, TypeVar

from mioboe.statements.issuers import Line
from mioboe.statements.merchants import is_ours

# An issuer books a charge some days after it was made, and a refund later still.
EARLIEST, LATEST = timedelta(days=1), timedelta(days=10)
# A line without our name has to lie nearer, and not be a multiple of this.
NAMELESS_WITHIN, ROUND = timedelta(days=3), 100
# Sums are looked for among so many at most: the nearest ones, and so many together.
MOST_CANDIDATES, MOST_TOGETHER = 12, 4


class Moved(NamedTuple):
    """Money that we moved: a charge (positive) or a refund (negative), in the smallest unit of its currency."""

    key: int
    day: date
    amount: int
    currency: str = "JPY"
    about: str = ""  # what a charge and its refunds have in common


Counted = TypeVar("Counted", Line, Moved)


class How(StrEnum):
    WHOLE = "whole"  # one line, one movement
    ABROAD = "abroad"  # the same, by what it was in the charge's own currency
    SEVERAL = "several"  # one line for several movements
    PART = "part"  # one of several lines for one movement
    NET = "net"  # what is left of a charge after its refunds
    NAMELESS = "nameless"  # amount and day fit; the line carries another name
    UNKNOWN = "unknown"  # carries our name, and is nothing that we know of


@dataclass(frozen=True)
class Match:
    line: Line
    how: How
    moved: tuple[Moved, ...] = ()


@dataclass
class Found:
    """`missing`: our movements that no line tells of. `others`: other shops' lines."""

    matches: list[Match]
    missing: list[Moved]
    others: list[Line]


def match(lines: Iterable[Line], moved: Iterable[Moved]) -> Found:
    """Every line of ours with what it is, each movement used once. `moved` comes in the order of its days, lines as they like."""
    found = Found([], [], [])
    unknown: list[Line] = []
    for line, movement in pair(sorted(lines, key=lambda line: line.day), moved):
        if movement is None:
            assert line is not None
            (unknown if is_ours(line.merchant) else found.others).append(line)
        elif line is None:
            found.missing.append(movement)
        else:
            found.matches.append(Match(line, How.WHOLE if _same(line, movement) else How.ABROAD, (movement,)))
    _explain(unknown, found)
    _find_nameless(found)
    found.matches.sort(key=lambda one: one.line.day)
    return found


def pair(lines: Iterable[Line], moved: Iterable[Moved]) -> Iterator[tuple[Line | None, Moved | None]]:
    """Each line, with the movement of its amount that is nearest in time and within the window where it carries our name; and each
    movement that has no line. Both have to come in the order of their days."""
    window = _Window(iter(moved))
    for line in lines:
        if is_ours(line.merchant):
            for gone in window.move_to(line.day):
                yield None, gone
            yield line, window.take(line)
        else:
            yield line, None
    for gone in window.left():
        yield None, gone


class _Window:
    """The movements that a line of that day may be."""

    def __init__(self, coming: Iterator[Moved]) -> None:
        self.coming = coming
        self.next: Moved | None = next(coming, None)
        self.open: dict[tuple[int, str], list[Moved]] = {}
        self.by_day: deque[Moved] = deque()
        self.taken: set[int] = set()
        self.day: date | None = None

    def move_to(self, day: date) -> Iterator[Moved]:
        """Lets in what may belong to a line of that day, and answers what belongs to none any more."""
        if day == self.day:
            return
        self.day = day
        newest, oldest, coming, by_day, opened = day + EARLIEST, day - LATEST, self.next, self.by_day, self.open
        while coming is not None and coming.day <= newest:
            key = (coming.amount, coming.currency)
            if key in opened:
                opened[key].append(coming)
            else:
                opened[key] = [coming]
            by_day.append(coming)
            coming = next(self.coming, None)
        self.next = coming
        while by_day and by_day[0].day < oldest:
            old = by_day.popleft()
            if id(old) in self.taken:
                self.taken.discard(id(old))
                continue
            key = (old.amount, old.currency)
            # The oldest of its amount stands first.
            same = opened[key]
            if len(same) == 1:
                del opened[key]
            else:
                del same[0]
            yield old

    def take(self, line: Line) -> Moved | None:
        """The nearest one of the line's amount, in its own currency or in what it was abroad."""
        keys = [(line.amount, line.currency)]
        if line.abroad is not None:
            sign = -1 if line.amount < 0 else 1
            codes = [line.abroad.currency] if line.abroad.currency else [c for _, c in self.open if c != line.currency]
            keys += [(sign * line.abroad.amount, code) for code in dict.fromkeys(codes)]
        for key in keys:
            same = self.open.get(key)
            if same:
                nearest = min(same, key=lambda one: abs(line.day - one.day))
                same.remove(nearest)
                if not same:
                    del self.open[key]
                self.taken.add(id(nearest))
                return nearest
        return None

    def left(self) -> Iterator[Moved]:
        for one in self.by_day:
            if id(one) not in self.taken:
                yield one
        if self.next is not None:
            yield self.next
        yield from self.coming


def _same(line: Line, movement: Moved) -> bool:
    return (line.amount, line.currency) == (movement.amount, movement.currency)


def _explain(unknown: list[Line], found: Found) -> None:
    """Lines of ours that are no single movement: sums, parts, and what is left of a charge."""
    left = sorted(found.missing, key=lambda one: one.day)
    rest: list[Line] = []
    for line in unknown:
        near = [one for one in left if _may_be(line, one)]
        near = sorted(near, key=lambda one: abs(line.day - one.day))[:MOST_CANDIDATES]
        some = _net(line, near) or _sum(line.amount, [one for one in near if (one.amount < 0) == (line.amount < 0)])
        if some is None:
            rest.append(line)
            continue
        is_net = any((one.amount < 0) != (line.amount < 0) for one in some)
        found.matches.append(Match(line, How.NET if is_net else How.SEVERAL, some))
        left = [one for one in left if one not in some]
    for movement in list(left):
        near_lines = [line for line in rest if _may_be(line, movement) and (line.amount < 0) == (movement.amount < 0)]
        parts = _sum(movement.amount, near_lines[:MOST_CANDIDATES])
        if parts:
            found.matches += [Match(line, How.PART, (movement,)) for line in parts]
            rest = [line for line in rest if not any(line is part for part in parts)]
            left.remove(movement)
    found.missing = left
    found.matches += [Match(line, How.UNKNOWN) for line in rest]


def _may_be(line: Line, movement: Moved) -> bool:
    return movement.currency == line.currency and movement.day - EARLIEST <= line.day <= movement.day + LATEST


def _net(line: Line, near: list[Moved]) -> tuple[Moved, ...] | None:
    """A charge less refunds of the same order: some cards show only the difference."""
    for charge in near:
        if charge.amount <= line.amount or not charge.about:
            continue
        refunds = [one for one in near if one.amount < 0 and one.about == charge.about]
        back = _sum(line.amount - charge.amount, refunds, least=1)
        if back:
            return (charge, *back)
    return None


def _sum(amount: int, some: list[Counted], least: int = 2) -> tuple[Counted, ...] | None:
    """As few of these as come to the amount together."""
    for many in range(least, MOST_TOGETHER + 1):
        for those in combinations(some, many):
            if sum(one.amount for one in those) == amount:
                return those
    return None


def _find_nameless(found: Found) -> None:
    """Lines without our name that may be ours all the same, as a shop that was bought or a processor may stand there: the amount is
    ours, to the day or nearly. A round amount is anybody's."""
    by_amount: dict[tuple[int, str], list[Moved]] = defaultdict(list)
    for one in found.missing:
        by_amount[one.amount, one.currency].append(one)
    others = []
    for line in found.others:
        near = [
            one for one in by_amount.get((line.amount, line.currency), []) if abs(line.day - one.day) <= NAMELESS_WITHIN
        ]
        if near and (line.amount < 0 or line.amount % ROUND):
            nearest = min(near, key=lambda one: abs(line.day - one.day))
            by_amount[line.amount, line.currency].remove(nearest)
            found.missing.remove(nearest)
            found.matches.append(Match(line, How.NAMELESS, (nearest,)))
        else:
            others.append(line)
    found.others = others
