"""The picture of a thing: `drawn("mug night moon")` is a mug, in night's colours, with a moon on it."""

import re
import tomllib
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

FOLDER = Path(__file__).parent
INK, WHITE = "#172036", "#fffaf0"
_MOTIF = re.compile(r'<motif x="([\d.]+)" y="([\d.]+)" s="([\d.]+)"/>')


def drawn(words: str) -> str:
    """An SVG of 600 by 600. The words are a shape, a colourway and perhaps a motif; raises KeyError for unknown ones."""
    shape, colours, *motif = words.split()
    palette = {**_read("colours")[colours], "k": INK, "w": WHITE}
    sign = _read("motifs")[motif[0]] if motif else ""
    drawing = _MOTIF.sub(lambda at: _placed(sign, *at.groups()), shapes()[shape])
    # Between the light of a page by day and by night: the floor's shadow is seen on both grounds.
    shadow = '<ellipse cx="300" cy="498" rx="190" ry="22" fill="$k" opacity=".12"/>'
    body = Template(f'<rect width="600" height="600" fill="$b"/>{shadow}{drawing}').substitute(palette)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600" viewBox="0 0 600 600">\n{body}\n</svg>\n'


def _placed(sign: str, x: str, y: str, size: str) -> str:
    return f'<g transform="translate({x} {y}) scale({size})">{sign}</g>' if sign else ""


@cache
def shapes() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((FOLDER / "shapes").glob("*.toml")):
        found |= {name: drawing.strip() for name, drawing in tomllib.loads(path.read_text()).items()}
    return found


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())
