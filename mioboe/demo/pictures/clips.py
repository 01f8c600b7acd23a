"""The films themselves: some twenty seconds each, drawn layer by layer (films.py), panned past each other and encoded as WebM (VP8,
which every browser plays). The same slug and words make the same film."""

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont

from mioboe.demo.pictures.films import LENGTH_S, Scene, Shape, scene

WIDTH, HEIGHT = 640, 360
FRAMES_A_SECOND = 12

TITLE_S, FADE_S = 3.5, 1.5
# Layers are drawn twice as large and made smaller: that smooths their edges.
FINER = 2
# How far each layer moves in the whole film, from the back to the front.
MOVES = {"stars": 24, "far": 110, "subject": 200, "front": 320}
BITS_A_SECOND = 160_000


def make_clip(slug: str, words: str, title: str, path: Path) -> None:
    """Writes the film to `path`, whole or not at all."""
    draft = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(draft), "w", format="webm", options={"fflags": "+bitexact"}) as film:
        stream = film.add_stream("libvpx", rate=FRAMES_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = BITS_A_SECOND
        stream.time_base = Fraction(1, FRAMES_A_SECOND)
        # A key frame every two seconds, for seeking. A speed below zero is one that does not follow the clock: together with one
        # thread the same bytes come out each time.
        stream.options = {"deadline": "realtime", "cpu-used": "-12", "threads": "1", "g": str(FRAMES_A_SECOND * 2)}
        for number, picture in enumerate(_frames(slug, words, title)):
            frame = av.VideoFrame.from_image(picture)
            frame.pts = number
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    draft.replace(path)


def _frames(slug: str, words: str, title: str) -> Iterator[Image.Image]:
    wide = WIDTH + max(MOVES.values())
    shown = scene(slug, words, wide, HEIGHT, WIDTH * 0.5 + MOVES["subject"] * 0.5)
    sky = _sky(shown)
    layers = {name: _layer(getattr(shown, name), wide) for name in MOVES}
    card = _title(title)
    black = Image.new("RGB", (WIDTH, HEIGHT))
    count = LENGTH_S * FRAMES_A_SECOND
    for number in range(count):
        at_s = number / FRAMES_A_SECOND
        picture = sky.copy()
        for name, layer in layers.items():
            bob = round(math.sin(at_s * 1.6) * 3) if name == "subject" else 0
            left = round(MOVES[name] * number / count)
            part = layer.crop((left, 0, left + WIDTH, HEIGHT))
            picture.paste(part, (0, bob), part)
        if name_shows := _rise(at_s - 0.5) * _rise(TITLE_S - at_s):
            picture.paste(
                Image.new("RGB", card.size, "#fffaf0"), (0, 0), card.point(lambda value, s=name_shows: int(value * s))
            )
        light = min(_rise(at_s / FADE_S), _rise((LENGTH_S - at_s) / FADE_S))
        yield picture if light >= 1 else Image.blend(black, picture, light)


def _rise(value: float) -> float:
    return max(0.0, min(1.0, value))


def _sky(shown: Scene) -> Image.Image:
    column = Image.new("RGB", (1, 3))
    column.putdata([tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in shown.sky])
    return column.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _layer(shapes: list[Shape], wide: int) -> Image.Image:
    layer = Image.new("RGBA", (wide * FINER, HEIGHT * FINER))
    pen = ImageDraw.Draw(layer)
    for shape in shapes:
        if shape.corners:
            pen.polygon([(x * FINER, y * FINER) for x, y in shape.corners], shape.colour)
            continue
        (x, y), radius = shape.middle, shape.radius
        box = [(x - radius) * FINER, (y - radius) * FINER, (x + radius) * FINER, (y + radius) * FINER]
        if shape.width:
            pen.ellipse(box, outline=shape.colour, width=max(1, round(shape.width * FINER)))
        else:
            pen.ellipse(box, shape.colour)
    return layer.resize((wide, HEIGHT), Image.Resampling.BOX)


def _title(title: str) -> Image.Image:
    """The title in Pillow's own letters, which are the same on every machine: they are Latin, hence in English."""
    card = Image.new("L", (WIDTH, HEIGHT))
    letters = ImageFont.load_default(size=34)
    ImageDraw.Draw(card).text((WIDTH / 2, HEIGHT * 0.4), title, 255, letters, anchor="mm")
    return card
