"""The replay's plot: how many of the owners' sign-ins are asked again when 98 % of the attackers are blocked."""

from bench.recognition.attackers import NAMES
from bench.recognition.replay import ALL, JUDGES, Finding

WIDTH, PANEL, TOP, FOOT, LEFT = 720, 170, 46, 26, 44
COLOURS = {"formula": "#b4532a", "ours": "#1f6f6b", "plain rule": "#8a8f98"}


def svg(found: dict[str, list[Finding]], aimed: float) -> str:
    """One panel for each source of rows; bars by attacker: the formula, ours. The plain rule is a line, as it has no threshold."""
    height = TOP + len(found) * PANEL + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="18" font-weight="bold">Owners asked for a second step when {100 * aimed:g} % of attackers are blocked</text>',
    ]
    for place, judge in enumerate(("formula", "ours", "plain rule")):
        x = LEFT + place * 210
        words = "plain rule (blocks what it blocks)" if judge == "plain rule" else judge
        parts.append(f'<rect x="{x}" y="26" width="10" height="10" fill="{COLOURS[judge]}"/>')
        parts.append(f'<text x="{x + 15}" y="35">{words}</text>')
    for number, (source, findings) in enumerate(found.items()):
        parts += _panel(source, findings, aimed, TOP + number * PANEL)
    return "\n".join([*parts, "</svg>", ""])


def _panel(source: str, findings: list[Finding], aimed: float, top: int) -> list[str]:
    bottom, height = top + PANEL - 34, PANEL - 56
    parts = [f'<text x="{LEFT}" y="{top + 14}" font-style="italic">{source}</text>']
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * height
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{y:.0f}" y2="{y:.0f}" stroke="#d5d8dd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{100 * share:g} %</text>')
    step = (WIDTH - LEFT - 20) / len(NAMES)
    for place, attacker in enumerate(NAMES):
        x = LEFT + 20 + place * step
        for finding in findings:
            if finding.attacker != attacker or finding.length != ALL or finding.aimed not in (aimed, None):
                continue
            size = finding.again * height
            if finding.judge == "plain rule":
                parts.append(f'<line x1="{x - 8:.0f}" x2="{x + 108:.0f}" y1="{bottom - size:.0f}" y2="{bottom - size:.0f}" stroke="{COLOURS["plain rule"]}" stroke-width="2" stroke-dasharray="5 3"/>')  # fmt: skip
                continue
            left = x + 50 * (finding.judge == "ours")
            parts.append(f'<rect x="{left:.0f}" y="{bottom - size:.0f}" width="44" height="{size:.0f}" fill="{COLOURS[finding.judge]}"/>')  # fmt: skip
            parts.append(f'<text x="{left + 22:.0f}" y="{bottom - size - 4:.0f}" text-anchor="middle">{100 * finding.again:.0f}</text>')  # fmt: skip
        parts.append(f'<text x="{x + 47:.0f}" y="{bottom + 16:.0f}" text-anchor="middle">{attacker}</text>')
    return parts


assert set(COLOURS) == set(JUDGES)
