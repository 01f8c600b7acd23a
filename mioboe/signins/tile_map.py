"""A small map of Japan: one square a prefecture, each where one looks for it. Drawn by us, nothing is loaded for it."""

from dataclasses import dataclass

from mioboe.signins.history import PlaceCount
from mioboe.signins.places import PREFECTURES, place_words

# From the north-east to the south-west; a letter-width apart is a square apart.
_ROWS = """
. . . . . . . . . . . Hokkaido
. . . . . . . . . . . .
. . . . . . . . . . . Aomori
. . . . . . . . . . Akita Iwate
. . . . . . . . . . Yamagata Miyagi
. . . . . . . Ishikawa Toyama Niigata Fukushima .
. . . . . . Fukui Gifu Nagano Gunma Tochigi .
. Shimane Tottori Hyogo . Kyoto Shiga Aichi Yamanashi Saitama Ibaraki .
Yamaguchi Hiroshima Okayama . Osaka Nara Mie . Shizuoka Tokyo Chiba .
. . . . . Wakayama . . . Kanagawa . .
Saga Fukuoka Oita Ehime Kagawa . . . . . . .
Nagasaki Kumamoto Miyazaki Kochi Tokushima . . . . . . .
. Kagoshima . . . . . . . . . .
Okinawa . . . . . . . . . . .
"""
SIDE, GAP = 30, 4  # of a square, in the picture's own units
_PLACES = {
    name: (column, row)
    for row, names in enumerate(_ROWS.strip().splitlines())
    for column, name in enumerate(names.split())
    if name != "."
}
assert set(_PLACES) == set(PREFECTURES)
WIDTH = max(column for column, _ in _PLACES.values()) * (SIDE + GAP) + SIDE
HEIGHT = max(row for _, row in _PLACES.values()) * (SIDE + GAP) + SIDE


@dataclass(frozen=True)
class Tile:
    x: int
    y: int
    words: str  # the prefecture in the reader's language
    tone: str  # none, usual, unusual, failed
    number: int  # of sign-ins, or of failures where there were only failures

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + SIDE // 2, self.y + SIDE // 2


def tiles(counts: list[PlaceCount]) -> list[Tile]:
    """Every prefecture's square."""
    found = {count.prefecture: count for count in counts if count.prefecture}
    return [_tile(name, column, row, found.get(name)) for name, (column, row) in _PLACES.items()]


def _tile(name: str, column: int, row: int, count: PlaceCount | None) -> Tile:
    x, y, words = column * (SIDE + GAP), row * (SIDE + GAP), place_words("JP", name)
    if count is None:
        return Tile(x, y, words, "none", 0)
    if not count.sign_ins:
        return Tile(x, y, words, "failed", count.failed)
    return Tile(x, y, words, "unusual" if count.unusual else "usual", count.sign_ins)
