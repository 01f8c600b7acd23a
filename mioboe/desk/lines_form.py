"""What the desk shows of an order's lines that can be cancelled, and what was typed there."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from moneyed import Money

from mioboe.cases.models import Case
from mioboe.cases.remedies.cancel_line import cancellable
from mioboe.cases.remedies.refund import charges_of
from mioboe.site.language import is_japanese

MOST_PIECES_TYPED = 6  # digits


@dataclass(frozen=True)
class FormLine:
    id: str
    title: str
    price: Money
    left: int  # pieces
    chosen: int

    @property
    def amount(self) -> Money:
        return self.price * self.chosen


@dataclass(frozen=True)
class Lines:
    lines: list[FormLine]
    goes_back: Money | None  # None: nothing is chosen, or something that cannot be had
    is_less: bool  # than the price, as the rest has gone back already
    press: str

    @property
    def chosen(self) -> list[FormLine]:
        return [line for line in self.lines if line.chosen]


def lines_of(case: Case, typed: Mapping[str, str] | None = None) -> Lines | None:
    """The lines with how many pieces of each are chosen (`pieces-…` of what was typed), and what that gives back. None
    where no line can be cancelled, or there is but one piece: that is the whole order."""
    there = cancellable(case)
    if sum(left for _, left in there.values()) < 2 and not _was_cut(case):
        return None
    chosen = pieces_typed(typed or {})
    lines = [
        FormLine(id, told.title_ja if is_japanese() else told.title_en, told.price, left, chosen.get(id, 0))
        for id, (told, left) in there.items()
    ]
    if not lines:
        return None
    wanted = [line for line in lines if line.chosen]
    goes_back, is_less = None, False
    if wanted and set(chosen) <= set(there) and all(1 <= line.chosen <= line.left for line in wanted):
        price = sum((line.amount for line in wanted[1:]), wanted[0].amount)
        held = sum((charge.left for charge in charges_of(case)), price - price)
        goes_back, is_less = min(price, held), held < price
    return Lines(lines, goes_back, is_less, secrets.token_urlsafe(16))


def _was_cut(case: Case) -> bool:
    """Whether a part is in the plan already, so that what is left of the order is another part."""
    return case.remedies.filter(kind="cancel_line").exists()


def pieces_typed(typed: Mapping[str, str]) -> dict[str, int]:
    """By line, where more than none was typed; nonsense counts as -1, which nobody can have."""
    pieces = {}
    for name, value in typed.items():
        if name.startswith("pieces-") and value.strip() not in ("", "0"):
            is_number = value.isascii() and value.isdigit() and len(value) <= MOST_PIECES_TYPED
            pieces[name.removeprefix("pieces-")] = int(value) if is_number else -1
    return {line: number for line, number in pieces.items() if number}
