"""One form for what people write in many, so that it is found: ＭＵＧ is mug, ﾔｶﾝ and ヤカン are やかん. The database makes
it (a generated column has it right whoever writes the row); `searchable` makes the same of what somebody looks for."""

import unicodedata

from django.db.models import Func, TextField

KATAKANA = "".join(chr(code) for code in range(0x30A1, 0x30F7))
HIRAGANA = "".join(chr(code - 0x60) for code in range(0x30A1, 0x30F7))
_TO_HIRAGANA = str.maketrans(KATAKANA, HIRAGANA)
LONGEST_SOUGHT = 100


def searchable(text: str) -> str:
    """Compatibility form (NFKC), small letters, hiragana; at most LONGEST_SOUGHT characters."""
    return unicodedata.normalize("NFKC", text).lower().translate(_TO_HIRAGANA).strip()[:LONGEST_SOUGHT]


class Nfkc(Func):
    """Texts one after the other, in compatibility form."""

    template = "normalize(%(expressions)s, NFKC)"
    arg_joiner = " || "
    output_field = TextField()


class HiraganaOf(Func):
    template = f"translate(%(expressions)s, '{KATAKANA}', '{HIRAGANA}')"
    output_field = TextField()
