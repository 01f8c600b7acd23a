"""Replays sign-ins through the published formula, the plain rule and ours, side by side; prints tables, writes table and plot.

Work: for each generator a year of sign-in attempts of `--users` accounts (or the file named with --data-set), each scored before
it is learned, with four kinds of attackers. About 40 s for 10,000 accounts on one core.
"""

import argparse
from importlib import import_module
from pathlib import Path

from bench.recognition import data_set
from bench.recognition.plot import svg
from bench.recognition.replay import Finding, findings, replay
from bench.recognition.report import tables
from bench.recognition.rows import distributions

GENERATORS = ("homes", "urns", "crowds")


def main(arguments: list[str]) -> None:
    options = argparse.ArgumentParser(prog="script/bench recognition replay", description=__doc__)
    options.add_argument("--users", type=int, default=30_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--generators", nargs="+", choices=GENERATORS, default=GENERATORS)
    options.add_argument("--data-set", type=Path, help="the public data set's CSV, plain or gzip")
    options.add_argument(
        "--most", type=int, default=1_000_000, help="lines of it that are read (memory: 1 GB a million)"
    )
    options.add_argument("--into", type=Path, help="folder for replay.md and replay.svg")
    chosen = options.parse_args(arguments)
    found: dict[str, list[Finding]] = {}
    if chosen.data_set:
        rows = list(data_set.rows(chosen.data_set, chosen.most))
        start, end = rows[0].at, rows[-1].at
        moved = (row._replace(at=row.at - start) for row in rows)
        found[chosen.data_set.name] = findings(replay(moved, chosen.seed, end - start))
    else:
        for name in chosen.generators:
            generator = import_module(f"bench.recognition.generators.{name}")
            found[name] = findings(replay(generator.rows(chosen.users, chosen.seed), chosen.seed))
            near = distributions(generator.rows(chosen.users, chosen.seed))
            print(
                f"{name}: " + ", ".join(f"{key} {one:.1f} (published {given:g})" for key, (given, one) in near.items())
            )
    print(tables(found))
    if chosen.into:
        chosen.into.mkdir(parents=True, exist_ok=True)
        (chosen.into / "replay.md").write_text(tables(found))
        (chosen.into / "replay.svg").write_text(svg(found, 0.98))
