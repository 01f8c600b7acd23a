"""What a film shows: a sky, land, something in front of it. The same areas and discs become its poster (SVG, 600 by 900) and
the layers of its clip (clips.py), so that both look alike."""

import math
import random
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

# How long each clip plays.
LENGTH_S = 24

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """An area by its corners, or a disc (a ring, where `width` is given) by its middle and radius."""

    colour: str
    corners: tuple[Point, ...] = ()
    middle: Point = (0, 0)
    radius: float = 0
    width: float = 0


@dataclass
class Scene:
    """What lies behind what, from the back. `sky` are its colours from top to bottom."""

    sky: list[str]
    stars: list[Shape] = field(default_factory=list)
    far: list[Shape] = field(default_factory=list)
    subject: list[Shape] = field(default_factory=list)
    front: list[Shape] = field(default_factory=list)


def scene(slug: str, words: str, width: float, height: float, subject_at: float) -> Scene:
    """The scene told by `words` ("sea teal lighthouse"), with the subject's foot at x = `subject_at`. The same slug has
    the same stars. Raises KeyError for unknown words."""
    land, colours, subject = words.split()
    sky, far, near, front, light = _split(_read()["skies"][colours])
    chance = random.Random(slug)
    ground = height * 0.86
    made = Scene(sky)
    made.stars = _stars(chance, width, ground, light)
    made.far = _LANDS[land](chance, width, height, far, near)
    inks = {"far": far, "near": near, "front": front, "light": light}
    made.subject = _standing(
        _read()["subjects"][subject], inks, subject_at, ground - _LIFT.get(subject, 0) * height, height / 900
    )
    made.front = _ground(chance, land, width, height, front)
    return made


# What flies does not stand; parts of the height.
_LIFT = {"balloon": 0.2, "fish": 0.16, "kite": 0.2}


def _split(colours: list[str]) -> tuple[list[str], str, str, str, str]:
    return colours[:3], colours[3], colours[4], colours[5], colours[6]


def _stars(chance: random.Random, width: float, ground: float, light: str) -> list[Shape]:
    stars = [
        Shape(
            "#eef2fb",
            middle=(chance.uniform(0, width), chance.uniform(0, ground * 0.6)),
            radius=chance.choice((1.1, 1.6, 2.2)),
        )
        for _ in range(int(width / 9))
    ]
    moon = (width * chance.uniform(0.22, 0.78), ground * chance.uniform(0.14, 0.3))
    return [*stars, Shape(light, middle=moon, radius=ground * 0.075)]


def _hills(chance: random.Random, width: float, base: float, rise: float, colour: str, height: float) -> Shape:
    phase, long, short = chance.uniform(0, 6), chance.uniform(1.1, 1.7), chance.uniform(3.1, 4.3)
    edge = [
        (
            x,
            base
            - rise
            * (0.6 * math.sin(phase + long * x / height * 3) + 0.4 * math.sin(phase * 2 + short * x / height * 3)),
        )
        for x in _steps(width, 60)
    ]
    return Shape(colour, (*edge, (width, height), (0, height)))


def _steps(width: float, count: int) -> list[float]:
    return [width * step / count for step in range(count + 1)]


def _land_of_hills(chance: random.Random, width: float, height: float, far: str, near: str) -> list[Shape]:
    return [
        _hills(chance, width, height * 0.68, height * 0.07, far, height),
        _hills(chance, width, height * 0.8, height * 0.04, near, height),
    ]


def _land_of_peaks(chance: random.Random, width: float, height: float, far: str, near: str) -> list[Shape]:
    made = []
    for at in _steps(width, max(2, int(width / height * 3))):
        peak, half = height * chance.uniform(0.46, 0.6), height * chance.uniform(0.2, 0.3)
        foot = height * 0.86
        made.append(Shape(far, ((at - half, foot), (at, peak), (at + half, foot))))
        snow = 0.26
        down = peak + (foot - peak) * snow
        made.append(
            Shape(
                "#eef2fb", ((at - half * snow, down), (at, peak), (at + half * snow, down), (at, down - height * 0.02))
            )
        )
    return [*made, _hills(chance, width, height * 0.8, height * 0.03, near, height)]


def _city(chance: random.Random, width: float, height: float, far: str, near: str) -> list[Shape]:
    made, at = [], -20.0
    while at < width:
        wide, roof = height * chance.uniform(0.06, 0.12), height * chance.uniform(0.5, 0.72)
        colour = chance.choice((far, near))
        made.append(Shape(colour, ((at, height), (at, roof), (at + wide, roof), (at + wide, height))))
        pane = height * 0.012
        for row in range(4):
            for column in range(2):
                if chance.random() < 0.4:
                    x, y = at + wide * (0.25 + 0.36 * column), roof + height * (0.03 + 0.04 * row)
                    made.append(
                        Shape("#f7d98a", ((x, y), (x + pane, y), (x + pane, y + pane * 1.4), (x, y + pane * 1.4)))
                    )
        at += wide * chance.uniform(0.9, 1)
    return made


def _forest(chance: random.Random, width: float, height: float, far: str, near: str) -> list[Shape]:
    made = []
    for colour, top, foot in ((far, 0.5, 0.84), (near, 0.6, 0.9)):
        for at in _steps(width, int(width / height * 9)):
            peak, half = height * chance.uniform(top, top + 0.12), height * chance.uniform(0.05, 0.08)
            made.append(Shape(colour, ((at - half, height * foot), (at, peak), (at + half, height * foot))))
        made.append(_hills(chance, width, height * (foot - 0.02), height * 0.01, colour, height))
    return made


def _sea(chance: random.Random, width: float, height: float, far: str, near: str) -> list[Shape]:
    water = Shape(far, ((0, height * 0.7), (width, height * 0.7), (width, height), (0, height)))
    gleams = []
    for _ in range(int(width / 22)):
        x, y, long = chance.uniform(0, width), height * chance.uniform(0.72, 0.84), height * chance.uniform(0.03, 0.08)
        gleams.append(Shape(near, ((x, y), (x + long, y - 1), (x + long, y + 2), (x, y + 3))))
    return [water, *gleams]


def _moon_land(chance: random.Random, width: float, height: float, far: str, near: str) -> list[Shape]:
    earth = Shape("#4f74c8", middle=(width * 0.3, height * 0.3), radius=height * 0.1)
    cloud = Shape("#dfe7fb", middle=(width * 0.3 - height * 0.03, height * 0.28), radius=height * 0.03)
    plain = _hills(chance, width, height * 0.78, height * 0.015, far, height)
    craters = [
        Shape(
            near,
            middle=(chance.uniform(0, width), height * chance.uniform(0.82, 0.86)),
            radius=height * chance.uniform(0.008, 0.02),
        )
        for _ in range(int(width / 40))
    ]
    return [earth, cloud, plain, *craters]


def _ground(chance: random.Random, land: str, width: float, height: float, front: str) -> list[Shape]:
    if land != "sea":
        return [_hills(chance, width, height * 0.88, height * 0.012, front, height)]
    waves = []
    for line, base in enumerate((0.865, 0.92)):
        edge = [(x, height * base + math.sin(x / height * 26 + line * 2) * height * 0.009) for x in _steps(width, 160)]
        waves.append(Shape(front if line else _between(front), (*edge, (width, height), (0, height))))
    return waves


def _between(colour: str) -> str:
    """A step lighter."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{min(255, part + 22):02x}" for part in parts)


_LANDS = {
    "hills": _land_of_hills,
    "snow": _land_of_peaks,
    "city": _city,
    "forest": _forest,
    "sea": _sea,
    "desert": _land_of_hills,
    "moon": _moon_land,
}


def _standing(drawing: str, inks: dict[str, str], x: float, y: float, size: float) -> list[Shape]:
    made = []
    for line in drawing.strip().splitlines():
        kind, colour, *numbers = line.split()
        colour = inks.get(colour, colour)
        if kind == "area":
            pairs = [tuple(map(float, pair.split(","))) for pair in numbers]
            made.append(Shape(colour, tuple((x + px * size, y + py * size) for px, py in pairs)))
        else:
            px, py, radius, *width = map(float, numbers)
            made.append(
                Shape(colour, middle=(x + px * size, y + py * size), radius=radius * size, width=sum(width) * size)
            )
    return made


def poster(slug: str, words: str) -> str:
    """The poster, as SVG."""
    shown = scene(slug, words, 600, 900, 300)
    stops = "".join(
        f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in zip((0, 0.55, 0.9), shown.sky, strict=True)
    )
    body = "".join(_svg(shape) for layer in (shown.stars, shown.far, shown.subject, shown.front) for shape in layer)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="900" viewBox="0 0 600 900">\n'
        f'<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient></defs>'
        f'<rect width="600" height="900" fill="url(#sky)"/>\n{body}\n</svg>\n'
    )


def _svg(shape: Shape) -> str:
    if shape.corners:
        corners = " ".join(f"{x:.0f},{y:.0f}" for x, y in shape.corners)
        return f'<polygon points="{corners}" fill="{shape.colour}"/>'
    x, y = shape.middle
    paint = (
        f'fill="none" stroke="{shape.colour}" stroke-width="{shape.width:.1f}"'
        if shape.width
        else f'fill="{shape.colour}"'
    )
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{shape.radius:.1f}" {paint}/>'


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "scenery.toml").read_text())
