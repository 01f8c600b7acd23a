"""Which lines of a statement are ours, and which charge or refund each is."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mioboe.statements.issuers import Line

# As issuers shorten and spell the shop's name, after NFKC and without spaces.
OUR_NAMES = ("HOSHIZORA", "ホシゾラシヨウテン", "ほしぞら商店")
# An issuer books a charge some days after it was made, and a refund later still.
EARLIEST, LATEST = timedelta(days=1), timedelta(days=10)


@dataclass(frozen=True)
class Moved:
    """Money that we moved: a charge (positive) or a refund (negative)."""

    key: int
    day: date
    yen: int


@dataclass(frozen=True)
class Match:
    line: Line
    moved: Moved | None


def is_ours(merchant: str) -> bool:
    """Whether a merchant's name on a statement is ours, in full or half width."""
    name = unicodedata.normalize("NFKC", merchant).replace(" ", "").upper()
    return any(ours in name for ours in OUR_NAMES)


def match(lines: Sequence[Line], moved: Sequence[Moved]) -> tuple[list[Match], list[Moved]]:
    """Each line of ours with what it is (each movement once, the nearest day first), and the movements without a line."""
    left = sorted(moved, key=lambda movement: movement.day)
    matches = []
    for line in sorted((line for line in lines if is_ours(line.merchant)), key=lambda line: line.date):
        fitting = [
            movement
            for movement in left
            if movement.yen == line.yen and movement.day - EARLIEST <= line.date <= movement.day + LATEST
        ]
        found = min(fitting, key=lambda movement: abs(line.date - movement.day), default=None)
        if found:
            left.remove(found)
        matches.append(Match(line, found))
    return matches, left
