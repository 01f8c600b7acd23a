"""Whether a merchant's name on a statement is ours."""

import unicodedata
from functools import lru_cache

from django.conf import settings

# Issuers write small kana large (ホシゾラシヨウテン), drop dots and hyphens, and put the processor's name before ("STRIPE* …").
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_UNTOLD = str.maketrans("", "", " .,*-−ー・/_'&()")
# Hiragana lies so far before katakana in Unicode.
_KANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def is_ours(merchant: str) -> bool:
    """In full or half width, in hiragana or katakana, with a processor's name before it or a place behind."""
    return _is_one_of(merchant, tuple(settings.MIOBOE_STATEMENT_NAMES))


@lru_cache(maxsize=8192)
def _is_one_of(merchant: str, names: tuple[str, ...]) -> bool:
    found = folded(merchant)
    return any(folded(name) in found for name in names)


@lru_cache(maxsize=256)
def folded(name: str) -> str:
    """How names are compared."""
    return unicodedata.normalize("NFKC", name).upper().translate(_KANA).translate(_LARGE).translate(_UNTOLD)
