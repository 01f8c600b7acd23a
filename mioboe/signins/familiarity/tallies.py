"""What everybody shows: counts by key, and the rates at which owners' sign-ins come out, learned as they come.

The process holds one of these and brings it up to date from the database every few seconds. Its size is bounded by what the
fold keeps (`MOST_OF_A_KIND`).
"""

from collections import defaultdict
from collections.abc import Iterable

from mioboe.signins.familiarity.keys import KIND_MASK, Kind, numbered, value_of
from mioboe.signins.familiarity.outcomes import CELLS, DEVICES, GAPS, NETWORKS

# Kinds whose values anybody can invent or that have no end; the rarest go.
MOST_OF_A_KIND = {
    Kind.ADDRESS: 100_000,
    Kind.STRING: 30_000,
    Kind.VERSIONLESS: 20_000,
    Kind.BROWSER: 5_000,
    Kind.SYSTEM: 2_000,
    Kind.TYPE: 20,
}

# Until there is something to learn from: how owners' sign-ins come out, as (pseudo-)counts of sign-ins.
FIRST_NETWORKS = (0.55, 0.31, 0.12, 0.02)
FIRST_DEVICES = (0.60, 0.18, 0.10, 0.03, 0.06, 0.03)
FIRST_WEIGHT = 200.0
# How firmly a history length's own rates are drawn towards all lengths' together, and an ASN's towards all ASNs'.
LENGTH_WEIGHT, ASN_WEIGHT = 200.0, 20.0
_FIRST = [first * of_device for first in FIRST_NETWORKS for of_device in FIRST_DEVICES]
_ALL = -1


class Tallies:
    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.sign_ins = 0
        self._stayed = self._renewed = 0
        # How owners' sign-ins came out, by cell: with a history of that length so long after the last, and summed over lengths,
        # over gaps, and over both. What follows from them is worked out for those that are asked for.
        self._found: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * CELLS)
        self._rates: dict[int, list[float]] = {}

    def put(self, key: int, count: int) -> None:
        """Sets a count to its newest value; zero forgets it."""
        kind, change = key & KIND_MASK, count - self.counts.get(key, 0)
        if count > 0:
            self.counts[key] = count
        else:
            self.counts.pop(key, None)
        if kind == Kind.RATE:
            self._count(value_of(key), change)
        elif kind == Kind.STAYED:
            self._stayed += change
        elif kind == Kind.RENEWED:
            self._renewed += change

    def add(self, keys: Iterable[int]) -> None:
        """Counts one sign-in's keys; for replays and tests, where no database folds."""
        for key in keys:
            self.put(key, self.counts.get(key, 0) + 1)
        self.sign_ins += 1

    def _count(self, number: int, change: int) -> None:
        which, cell = divmod(number, CELLS)
        length, gap = divmod(which, GAPS)
        for sums in ((length, gap), (_ALL, gap), (length, _ALL), (_ALL, _ALL)):
            self._found[sums][cell] += change
        self._rates.clear()

    def rates(self, length: int, gap: int) -> list[float]:
        """How likely an owner's sign-in comes out in each cell (network × DEVICES + device), by history length and by the time
        since the last one."""
        which = length * GAPS + gap
        found = self._rates.get(which)
        if found is None:
            found = self._rates[which] = self._learn_rates(length, gap)
        return found

    def _learn_rates(self, length: int, gap: int) -> list[float]:
        together = _drawn(self._found[_ALL, _ALL], _FIRST, FIRST_WEIGHT)
        by_gap = _drawn(self._found[_ALL, gap], together, LENGTH_WEIGHT)
        by_length = _drawn(self._found[length, _ALL], together, LENGTH_WEIGHT)
        prior = [a * b / c for a, b, c in zip(by_gap, by_length, together, strict=True)]
        whole = sum(prior)
        return _drawn(self._found[length, gap], [one / whole for one in prior], LENGTH_WEIGHT)

    def renewal(self, asn_key: int) -> tuple[float, float]:
        """How much oftener than other operators this one gives a customer an address that is new, and one that is not."""
        number = value_of(asn_key)
        stayed = self.counts.get(numbered(Kind.STAYED, number), 0)
        renewed = self.counts.get(numbered(Kind.RENEWED, number), 0)
        first = FIRST_NETWORKS[0] / (FIRST_NETWORKS[0] + FIRST_NETWORKS[1])
        stay = (self._stayed + FIRST_WEIGHT * first) / (self._stayed + self._renewed + FIRST_WEIGHT)
        here = (stayed + ASN_WEIGHT * stay) / (stayed + renewed + ASN_WEIGHT)
        return (1 - here) / (1 - stay), here / stay


def rate_key(length: int, gap: int, cell: int) -> int:
    return numbered(Kind.RATE, (length * GAPS + gap) * CELLS + cell)


def _drawn(counts: list[int], towards: list[float], weight: float) -> list[float]:
    total = sum(counts) + weight
    return [(count + weight * share) / total for count, share in zip(counts, towards, strict=True)]


assert len(FIRST_NETWORKS) == NETWORKS and len(FIRST_DEVICES) == DEVICES
