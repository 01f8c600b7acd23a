"""The honest replay: score before learning, no row of the future, thresholds frozen on the first period and reported on the
next, victims uniform over accounts, attackers never learned. Each row is held against three judges side by side: the published
formula, the plain rule, ours."""

import random
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.recognition.attackers import NAMES, Attackers
from bench.recognition.formula import CountedFormula, PlainRule, levels_of
from bench.recognition.ours import Ours, features
from bench.recognition.rows import Row

JUDGES = ("formula", "plain rule", "ours")
LENGTHS = (1, 4, 12, 30)
ALL = 0  # any history length
DAY = 86400.0
# The first sixth is only learned from; thresholds come from what follows, to the middle; the second half is reported.
WARM, FROZEN = 1 / 6, 1 / 2
YEAR_S = 365 * DAY
BLOCKED = (0.98, 0.99, 0.995)
# Uniformly drawn victims for each honest sign-in, and draws against each account when its history has one of LENGTHS.
VICTIMS_EACH, DRAWS_AT_LENGTH = 0.5, 5
FIRST_SIGN_INS = 12  # the published medians are over an account's first twelve


@dataclass
class Scores:
    """(judge, history length, period) → scores; attackers also by name."""

    honest: dict = field(default_factory=lambda: defaultdict(lambda: array("d")))
    attacks: dict = field(default_factory=lambda: defaultdict(lambda: array("d")))
    # judge → account → the scores of its first twelve scored sign-ins, where all fall into the reported period
    firsts: dict = field(default_factory=lambda: defaultdict(dict))


def replay(rows: Iterable[Row], seed: int = 1, length_s: float = YEAR_S) -> Scores:
    """`rows` in order of time, from 0 to `length_s`."""
    scores = Scores()
    formula, plain, ours = CountedFormula(), PlainRule(), Ours()
    attackers, rng = Attackers(seed), random.Random(f"victims {seed}")
    last: dict[int, Row] = {}
    accounts: list[int] = []

    def judged(row: Row) -> tuple[float, float, float]:
        user = row.user
        return formula.score(user, levels_of(row)), plain.score(user, row), ours.score(user, features(row), row.at)

    def attack(victim: int, length: int, period: int, at: float) -> None:
        for name in NAMES:
            made = attackers.against(last[victim], name, at)
            if made is not None:
                for judge, score in zip(JUDGES, judged(made), strict=True):
                    scores.attacks[judge, name, length, period].append(score)

    for row in rows:
        if row.succeeded and not row.is_takeover and not row.is_attack_ip:
            user, history = row.user, formula.sign_ins[row.user]
            if history and row.at >= WARM * length_s:
                period = int(row.at >= FROZEN * length_s)
                for judge, score in zip(JUDGES, judged(row), strict=True):
                    scores.honest[judge, ALL, period].append(score)
                    if history in LENGTHS:
                        scores.honest[judge, history, period].append(score)
                    if period and history <= FIRST_SIGN_INS and (history == 1 or user in scores.firsts[judge]):
                        scores.firsts[judge].setdefault(user, []).append(score)
                if history in LENGTHS:
                    for _ in range(DRAWS_AT_LENGTH):
                        attack(user, history, period, row.at)
                if rng.random() < VICTIMS_EACH:
                    attack(rng.choice(accounts), ALL, period, row.at)
            formula.learn(user, levels_of(row))
            plain.learn(user, row)
            ours.learn(user, features(row), row.at)
            if not history:
                accounts.append(user)
            last[user] = row
        attackers.notice(row)
    return scores


@dataclass(frozen=True)
class Finding:
    judge: str
    attacker: str
    length: int  # history, sign-ins; 0: any
    aimed: float | None  # share of attackers to be blocked by the frozen threshold; None: the plain rule has none
    blocked: float  # share that was, in the reported period
    again: float  # share of the owners' sign-ins asked for a second step
    median: float | None  # over accounts, of their first twelve sign-ins
    owners: int
    attempts: int


def findings(scores: Scores) -> list[Finding]:
    found = []
    for judge in JUDGES:
        for attacker in NAMES:
            for length in (ALL, *LENGTHS):
                for aimed in (None,) if judge == "plain rule" else BLOCKED:
                    found.append(_finding(scores, judge, attacker, length, aimed))
    return [finding for finding in found if finding is not None]


def _finding(scores: Scores, judge: str, attacker: str, length: int, aimed: float | None) -> Finding | None:
    before, after = (scores.attacks[judge, attacker, length, period] for period in (0, 1))
    honest = scores.honest[judge, length, 1]
    if not before or not after or not honest:
        return None
    # Whoever scores at least this is asked; at most 1 - aimed of the first period's attackers score less.
    limit = 1.0 if aimed is None else sorted(before)[int((1 - aimed) * len(before))]
    firsts = [
        sum(score >= limit for score in own) / FIRST_SIGN_INS
        for own in scores.firsts[judge].values()
        if len(own) == FIRST_SIGN_INS
    ]
    return Finding(
        judge, attacker, length, aimed,
        sum(score >= limit for score in after) / len(after),
        sum(score >= limit for score in honest) / len(honest),
        sorted(firsts)[len(firsts) // 2] if firsts and length == ALL else None,
        len(honest), len(after),
    )  # fmt: skip
