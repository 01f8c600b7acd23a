"""Words and tables out of the replay's findings."""

from bench.recognition.replay import ALL, BLOCKED, LENGTHS, Finding


def tables(found: dict[str, list[Finding]]) -> str:
    """Markdown: one table for each source of rows."""
    return "\n".join(_table(source, findings) for source, findings in found.items())


def _table(source: str, findings: list[Finding]) -> str:
    lines = [
        f"**{source}**",
        "",
        "| attacker, history | formula | plain rule | ours | formula : ours | owners, attempts |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    by = {(one.judge, one.attacker, one.length, one.aimed): one for one in findings}
    for attacker in dict.fromkeys(one.attacker for one in findings):
        for length in (ALL, *LENGTHS):
            for aimed in BLOCKED if length == ALL else BLOCKED[:1]:
                keys = [("formula", aimed), ("plain rule", None), ("ours", aimed)]
                each = [by.get((judge, attacker, length, aim)) for judge, aim in keys]
                if None not in each:
                    lines.append(_line(attacker, length, aimed, [one for one in each if one]))
    return "\n".join([*lines, ""])


def _line(attacker: str, length: int, aimed: float, each: list[Finding]) -> str:
    formula, plain, ours = each
    history = "any" if length == ALL else str(length)
    ratio = f"{formula.again / ours.again:.1f}" if ours.again else "–"
    cells = [f"{_cell(formula)}", f"{plain.again:.3f} (blocks {plain.blocked:.3f})", f"{_cell(ours)}", ratio]
    return f"| {attacker}, {history}, {aimed:g} | " + " | ".join(cells) + f" | {ours.owners}, {ours.attempts} |"


def _cell(one: Finding) -> str:
    median = f", median {one.median:.2f}" if one.median is not None else ""
    return f"{one.again:.3f}{median} (blocked {one.blocked:.3f})"
