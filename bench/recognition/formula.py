"""The published formula (Freeman et al., "Who Are You?", NDSS 2016; Wiefling et al., "Pump Up Password Security!", ACM TOPS
2022), implemented by us twice from the papers:

  S = prod over k of p(x_k) / p(x_k | u)  *  (1 / |U|) / (n_u / N)      k: network, browser string

Each feature backs off over its levels with the published weights: p(x_k) is the weighted sum of the levels' relative
frequencies. A feature that the account has never shown on any level is given the least level's weight at one sign-in more than
the history has, as the papers leave something for what is unseen. High S: unlikely to be the owner.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from bench.recognition.rows import Row, family

NETWORK_WEIGHTS = (0.6, 0.3, 0.1)  # address, ASN, country
DEVICE_WEIGHTS = (0.53867, 0.26805, 0.18818, 0.00511)  # whole string, browser and version, OS and version, type
WEIGHTS = NETWORK_WEIGHTS + DEVICE_WEIGHTS
LEVELS = (NETWORK_WEIGHTS, DEVICE_WEIGHTS)


def levels_of(row: Row) -> tuple:
    return row.ip, row.asn, row.country, row.user_agent, row.browser, row.system, row.type


def notebook_score(history: Sequence[tuple], users: Sequence[int], user: int, levels: tuple) -> float:
    """As a notebook does it: each probability is a count over the whole history so far. Linear in the history."""
    own = [row for row, whose in zip(history, users, strict=True) if whose == user]
    many = len(set(users))
    score = (1 / many) / (len(own) / len(history))
    first = 0
    for weights in LEVELS:
        general = personal = 0.0
        for column, weight in enumerate(weights, first):
            value = levels[column]
            general += weight * sum(1 for row in history if row[column] == value) / len(history)
            personal += weight * sum(1 for row in own if row[column] == value) / len(own)
        score *= _ratio(general, personal, weights[-1], len(history), len(own))
        first += len(weights)
    return score


def _ratio(general: float, personal: float, least: float, everybody: int, own: int) -> float:
    return (general or least / (everybody + 1)) / (personal or 1e-9)


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
            general = personal = 0.0
            for column, weight in enumerate(weights, first):
                general += weight * self.everybody[column][levels[column]] / self.total
                personal += weight * own[column][levels[column]] / count
            score *= _ratio(general, personal, weights[-1], self.total, count)
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
