"""One form for what people write in many, so that it is found: ＭＵＧ is mug, ﾔｶﾝ and ヤカン are やかん. Of order lines the
database makes it (a generated column has it right whoever writes the row), and `searchable` makes the same of what somebody
looks for; of goods `folded` makes it, which goes further than a generated column can."""

import re
import unicodedata

from django.db.models import Func, TextField

KATAKANA = "".join(chr(code) for code in range(0x30A1, 0x30F7))
HIRAGANA = "".join(chr(code - 0x60) for code in range(0x30A1, 0x30F7))
LONGEST_SOUGHT = 100  # characters
_TO_HIRAGANA = str.maketrans(KATAKANA, HIRAGANA)
_ACCENTS = re.compile("[\u0300-\u036f]")
_NO_LETTERS = re.compile(r"[\W_]+")


def searchable(text: str) -> str:
    """Compatibility form (NFKC), small letters, hiragana."""
    return unicodedata.normalize("NFKC", text).lower().translate(_TO_HIRAGANA).strip()


def folded(text: str) -> str:
    """`searchable`, and café is cafe, too, and signs become blanks."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return _NO_LETTERS.sub(" ", searchable(plain).casefold()).strip()


def pairs(word: str) -> set[str]:
    """Every character of a word and every two neighbours: by these the index of goods knows it."""
    return set(word) | {word[at : at + 2] for at in range(len(word) - 1)}


class Nfkc(Func):
    """Texts one after the other, in compatibility form."""

    template = "normalize(%(expressions)s, NFKC)"
    arg_joiner = " || "
    output_field = TextField()


class HiraganaOf(Func):
    template = f"translate(%(expressions)s, '{KATAKANA}', '{HIRAGANA}')"
    output_field = TextField()
