"""What everybody shows: counts by key, and the rates at which owners' sign-ins come out, learned as they come.

The process holds one of these and brings it up to date from the database every few seconds. Its size is bounded by what the
fold keeps (`MOST_OF_A_KIND`).
"""

from collections.abc import Iterable

from mioboe.signins.familiarity.keys import KIND_MASK, Kind, numbered, value_of
from mioboe.signins.familiarity.outcomes import BUCKETS, CELLS, DEVICES, GAPS, NETWORKS

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


class Tallies:
    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.sign_ins = 0
        self._stayed = self._renewed = 0
        self._rates: list[list[float]] | None = None

    def put(self, key: int, count: int) -> None:
        """Sets a count to its newest value; zero forgets it."""
        kind, change = key & KIND_MASK, count - self.counts.get(key, 0)
        if count > 0:
            self.counts[key] = count
        else:
            self.counts.pop(key, None)
        if kind == Kind.RATE:
            self._rates = None
        elif kind == Kind.STAYED:
            self._stayed += change
        elif kind == Kind.RENEWED:
            self._renewed += change

    def add(self, keys: Iterable[int]) -> None:
        """Counts one sign-in's keys; for replays and tests, where no database folds."""
        for key in keys:
            self.put(key, self.counts.get(key, 0) + 1)
        self.sign_ins += 1

    def rates(self, length: int, gap: int) -> list[float]:
        """How likely an owner's sign-in comes out in each cell (network × DEVICES + device), by history length and by the time
        since the last one."""
        if self._rates is None:
            self._rates = self._learn_rates()
        return self._rates[length * GAPS + gap]

    def _learn_rates(self) -> list[list[float]]:
        def seen(length: int, gap: int) -> list[int]:
            return [self.counts.get(rate_key(length, gap, cell), 0) for cell in range(CELLS)]

        def sum_(rows: list[list[int]]) -> list[int]:
            return [sum(column) for column in zip(*rows, strict=True)]

        found = [[seen(length, gap) for gap in range(GAPS)] for length in range(BUCKETS)]
        first = [FIRST_NETWORKS[cell // DEVICES] * FIRST_DEVICES[cell % DEVICES] for cell in range(CELLS)]
        together = _drawn(sum_([sum_(row) for row in found]), first, FIRST_WEIGHT)
        by_gap = [_drawn(sum_([row[gap] for row in found]), together, LENGTH_WEIGHT) for gap in range(GAPS)]
        by_length = [_drawn(sum_(row), together, LENGTH_WEIGHT) for row in found]
        rates = []
        for length in range(BUCKETS):
            for gap in range(GAPS):
                prior = [a * b / c for a, b, c in zip(by_gap[gap], by_length[length], together, strict=True)]
                whole = sum(prior)
                rates.append(_drawn(found[length][gap], [one / whole for one in prior], LENGTH_WEIGHT))
        return rates

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
