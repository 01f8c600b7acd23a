"""The published formula (Freeman et al., "Who Are You?", NDSS 2016; Wiefling et al., "Pump Up Password Security!", ACM TOPS
2022), implemented by us twice from the papers:

  S = prod over k of p(x_k) / p(x_k | u)  *  (1 / |U|) / (n_u / N)      k: network, browser string

Each feature backs off over its levels with the published weights: its probability is the weighted sum of the levels' relative
frequencies. In general, the finest level is smoothed: a value that nobody has shown counts as one among as many unseen ones as
there are values on the coarser levels. For the account nothing is smoothed; where it has shown the feature on no level, the
feature's ratio is 4: the edge case that the authors' own implementation (das-group/rba-algorithm, its idea, none of its code)
describes. High S: unlikely to be the owner.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from bench.recognition.rows import Row, family

NETWORK_WEIGHTS = (0.6, 0.3, 0.1)  # address, ASN, country
DEVICE_WEIGHTS = (0.53867, 0.26805, 0.18818, 0.00511)  # whole string, browser and version, OS and version, type
WEIGHTS = NETWORK_WEIGHTS + DEVICE_WEIGHTS
WHERE_ALL_IS_NEW = 4.0
LEVELS = (NETWORK_WEIGHTS, DEVICE_WEIGHTS)


def levels_of(row: Row) -> tuple:
    return row.ip, row.asn, row.country, row.user_agent, row.browser, row.system, row.type


class Notebook:
    """As a notebook does it: a column is a list, an account's rows are grouped beforehand, and each of everybody's frequencies is a
    count over the whole column. Linear in the history; the counting itself runs in C, as it does in pandas."""

    def __init__(self, users: Sequence[int], rows: Sequence[tuple]) -> None:
        self.columns = [list(column) for column in zip(*rows, strict=True)]
        self.distinct = [set(column) for column in self.columns]
        self.own: dict[int, list[tuple]] = defaultdict(list)
        for user, row in zip(users, rows, strict=True):
            self.own[user].append(row)

    def score(self, user: int, levels: tuple) -> float:
        own, everybody = self.own[user], len(self.columns[0])
        score = (1 / len(self.own)) / (len(own) / everybody)
        first = 0
        for weights in LEVELS:
            columns = range(first, first + len(weights))
            unseen = 1 + sum(len(self.distinct[column]) for column in columns[1:])
            general = [self.columns[column].count(levels[column]) for column in columns]
            personal = [sum(1 for row in own if row[column] == levels[column]) for column in columns]
            score *= _ratio(weights, general, personal, everybody, len(own), unseen)
            first += len(weights)
        return score


def _ratio(
    weights: tuple[float, ...], general: list[int], personal: list[int], everybody: int, own: int, unseen: int
) -> float:
    """p(x) / p(x | u) of one feature, from its counts on each level."""
    for_owner = sum(weight * count / own for weight, count in zip(weights, personal, strict=True))
    if for_owner == 0:
        return WHERE_ALL_IS_NEW
    for_all = weights[0] * max(general[0], 1) / (everybody + unseen)
    for_all += sum(weight * count / everybody for weight, count in zip(weights[1:], general[1:], strict=True))
    return for_all / for_owner


class CountedFormula:
    """The same arithmetic on counters, so that a replay of a year ends."""

    def __init__(self) -> None:
        self.everybody = [Counter() for _ in WEIGHTS]
        self.own: dict[int, list[Counter]] = defaultdict(lambda: [Counter() for _ in WEIGHTS])
        self.sign_ins: Counter[int] = Counter()
        self.total = 0

    def score(self, user: int, levels: tuple) -> float:
        own, count = self.own[user], self.sign_ins[user]
        score = (1 / len(self.sign_ins)) / (count / self.total)
        first = 0
        for weights in LEVELS:
            columns = range(first, first + len(weights))
            unseen = 1 + sum(len(self.everybody[column]) for column in columns[1:])
            general = [self.everybody[column].get(levels[column], 0) for column in columns]
            personal = [own[column].get(levels[column], 0) for column in columns]
            score *= _ratio(weights, general, personal, self.total, count, unseen)
            first += len(weights)
        return score

    def learn(self, user: int, levels: tuple) -> None:
        for column, value in enumerate(levels):
            self.everybody[column][value] += 1
            self.own[user][column][value] += 1
        self.sign_ins[user] += 1
        self.total += 1


class PlainRule:
    """ "New OS, device type or country": 1.0 where one of the three is new to the account."""

    def __init__(self) -> None:
        self.seen: dict[int, set] = defaultdict(set)

    @staticmethod
    def _facts(row: Row) -> set:
        return {("os", family(row.system)), ("type", row.type), ("country", row.country)}

    def score(self, user: int, row: Row) -> float:
        return float(not self._facts(row) <= self.seen[user])

    def learn(self, user: int, row: Row) -> None:
        self.seen[user] |= self._facts(row)
