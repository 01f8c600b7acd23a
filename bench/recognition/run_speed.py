"""Scores a second in process, ours beside the published formula as a notebook computes it, on one history and in one run; what a
score costs with 10,000 to 10 million accounts; how much memory a million sign-ins take.

Work: a history of `--history` attempts (their successes are learned), out of the file named with --data-set or generated; then the
same `--scores` attempts scored by both. Without the file, the ratio is one on synthetic data, and said to be so.
"""

import argparse
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench.recognition import data_set
from bench.recognition.formula import Notebook, levels_of
from bench.recognition.generators import homes
from bench.recognition.ours import Ours, features
from bench.recognition.rows import Row
from bench.stand import print_table
from mioboe.signins.familiarity import Features, Profile, Tallies, weigh
from mioboe.signins.familiarity.keys import KIND_MASK, Kind, numbered
from mioboe.signins.familiarity.tallies import MOST_OF_A_KIND

NOTEBOOK_SCORES = 60
ACCOUNTS = (10_000, 100_000, 1_000_000, 10_000_000)
# The generator's accounts that make a million attempts in a year, with a tenth to spare.
USERS_FOR_A_MILLION = 175_000


def main(arguments: list[str]) -> None:
    options = argparse.ArgumentParser(prog="script/bench recognition speed", description=__doc__)
    options.add_argument("--history", type=int, default=1_000_000, help="attempts")
    options.add_argument("--scores", type=int, default=10_000)
    options.add_argument("--data-set", type=Path)
    chosen = options.parse_args(arguments)
    if chosen.data_set:
        attempts = data_set.rows(chosen.data_set, chosen.history)
        source = "attempts of the public data set, its first"
    else:
        users = USERS_FOR_A_MILLION * chosen.history // 1_000_000
        attempts = islice(homes.rows(users, seed=9), chosen.history)
        source = "generated attempts (homes); against the public file: not measured"
    attempts = list(attempts)
    source = f"{len(attempts):,} {source}"
    rows = [row for row in attempts if row.succeeded and not row.is_attack_ip and row.country and row.asn]
    history, asked = _split(rows, chosen.scores)
    print(f"{source}: {len(history):,} successes learned, {len(asked):,} scored", flush=True)
    ours = Ours()
    for row in history:
        ours.learn(row.user, features(row), row.at)
    notebook = Notebook([row.user for row in history], [levels_of(row) for row in history])
    shown = [(row, features(row)) for row in asked]
    slow = _times(lambda row: notebook.score(row.user, levels_of(row)), asked[:NOTEBOOK_SCORES])
    fast = _times(lambda one: ours.score(one[0].user, one[1], one[0].at), shown)
    whole = _times(lambda row: ours.score(row.user, features(row), row.at), asked)
    ratio = sum(slow) / len(slow) / (sum(fast) / len(fast))
    print_table(
        ["", "scores/s", "p50, µs", "p99, µs", "times the notebook's"],
        [
            ["the formula, as a notebook", *_cells(slow), "1"],
            ["ours, features read before", *_cells(fast), f"{ratio:,.0f}"],
            [
                "ours, with reading the features",
                *_cells(whole),
                f"{sum(slow) / len(slow) / (sum(whole) / len(whole)):,.0f}",
            ],
        ],
    )
    _growth()
    _memory(ours)


def _split(rows: list[Row], scores: int) -> tuple[list[Row], list[Row]]:
    """The newest `scores` sign-ins of accounts that had one before, and everything before them."""
    cut = max(len(rows) - 4 * scores, len(rows) // 2)
    known = {row.user for row in rows[:cut]}
    return rows[:cut], [row for row in rows[cut:] if row.user in known][:scores]


def _times(work: Callable[[Any], object], items: Sequence[Any]) -> list[float]:
    """Seconds of processor time that each took: other processes of the machine do not count."""
    times = []
    for item in items:
        began = time.thread_time()
        work(item)
        times.append(time.thread_time() - began)
    return times


def _cells(times: list[float]) -> list[str]:
    cuts = statistics.quantiles(times, n=100)
    return [f"{len(times) / sum(times):,.0f}", f"{1e6 * cuts[49]:,.1f}", f"{1e6 * cuts[98]:,.1f}"]


def _growth() -> None:
    """Tallies as the history of so many accounts leaves them, each kind within its bound, and 4,000 accounts' profiles out of them."""
    rng = random.Random(3)
    lines = []
    for accounts in ACCOUNTS:
        tallies, sizes = Tallies(), {}
        for kind in list(Kind)[: Kind.TYPE + 1]:
            most = MOST_OF_A_KIND.get(kind, {Kind.ASN: 80_000, Kind.COUNTRY: 250}.get(kind, 0))
            sizes[kind] = min(most, accounts // {Kind.ADDRESS: 1, Kind.STRING: 40}.get(kind, 200) + 5)
            for number in range(sizes[kind]):
                tallies.put(numbered(kind, number), 1 + 4 * accounts // (number + 2))
        tallies.sign_ins = 4 * accounts
        asked = []
        for _ in range(4000):
            profile = Profile()
            draw = lambda kind: numbered(kind, int(sizes[kind] ** rng.random()) - 1)  # noqa: B023, E731
            for _ in range(rng.choice([1, 2, 4, 12, 30])):
                profile.learn(Features(*(draw(kind) for kind in list(Kind)[: Kind.TYPE + 1])), 1)
            asked.append((profile, Features(*(draw(kind) for kind in list(Kind)[: Kind.TYPE + 1]))))
        times = _times(lambda one, known=tallies: weigh(one[0], one[1], known, 2), asked * 3)
        lines.append([f"{accounts:,}", *_cells(times)])
    print_table(["accounts", "scores/s", "p50, µs", "p99, µs"], lines)


def _memory(ours: Ours) -> None:
    """What a process holds of this history: everybody's tallies, less addresses seen once, within their bounds. Profiles stay in
    the database."""
    by_kind: dict[int, list[tuple[int, int]]] = {}
    for key, count in ours.tallies.counts.items():
        if key & KIND_MASK != Kind.ADDRESS or count > 1:
            by_kind.setdefault(key & KIND_MASK, []).append((count, key))
    tracemalloc.start()
    held = Tallies()
    for kind, counts in by_kind.items():
        for count, key in sorted(counts, reverse=True)[: MOST_OF_A_KIND.get(Kind(kind), len(counts))]:
            held.put(numbered(Kind(kind), key >> 4), count + 0)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    for_million = size * 1_000_000 / max(ours.tallies.sign_ins, 1)
    print(
        f"\nMemory of a process: {size / 1e6:.1f} MB for {ours.tallies.sign_ins:,} sign-ins ({len(held.counts):,} keys);"
        f" {for_million / 1e6:.1f} MB a million at most"
    )
