"""What stands in the cells of a statement: amounts, days, money of other countries, names."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from moneyed import Money


class Unreadable(ValueError):
    """Not a statement in a layout that we know."""


class Abroad(NamedTuple):
    """What a line was in another currency: the amount in that currency's smallest unit (12.34 is 1234), and its code; "" where
    the issuer does not say it."""

    amount: int
    currency: str


class Line(NamedTuple):
    day: date
    merchant: str  # as the issuer writes it; card numbers in it are masked
    amount: int  # in the smallest unit of `currency`; negative: money that comes back
    currency: str = "JPY"
    abroad: Abroad | None = None

    @property
    def total(self) -> Money:
        return Money(in_major(self.amount, self.currency), self.currency)


LONGEST_NAME = 100
# Currencies without decimals that cards are charged in, and those with three (ISO 4217).
NO_DECIMALS = {"JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF", "XPF"}
THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}
_NUMBER = re.compile(r"[-+]?[0-9]{1,11}")
# Full width as half width; nothing else is a digit here (² is none).
_PLAIN: dict[int, str | None] = {ord(untold): None for untold in ",，¥￥\\円 \u3000"}
_PLAIN |= {ord(wide): chr(ord(wide) - 0xFEE0) for wide in "０１２３４５６７８９－＋"}
_PLAIN |= {ord(sign): "-" for sign in "▲△−"}
_DAY = re.compile(r"\s*(\d{4})[/\-.年](\d{1,2})[/\-.月](\d{1,2})日?\s*")
# 13 to 19 digits are a card's number (ISO/IEC 7812-1), however they are grouped.
_CARD_NUMBER = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_ABROAD = re.compile(r"(?<![\d.])(\d[\d,]{0,12}(?:\.\d{1,4})?)\s*([A-Z]{3})?(?![\w.])")


def yen(text: str) -> int:
    """`1,234`, `¥-500` or `▲500` as a number; raises Unreadable."""
    digits = text.translate(_PLAIN)
    if not _NUMBER.fullmatch(digits):
        raise Unreadable(f"no amount: {text[:20]!r}")
    return int(digits)


@lru_cache(maxsize=4096)
def day(text: str) -> date:
    """`2026/11/24`, `2026年11月24日` as a date; raises Unreadable."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise Unreadable(f"no date: {text[:20]!r}")
    return made_day(*(int(part) for part in found.groups()))


def made_day(year: int, month: int, of_month: int) -> date:
    try:
        return date(year, month, of_month)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"no date: {year}-{month}-{of_month}") from error


def minor(text: str, currency: str) -> int:
    """`12.34` in the smallest unit of its currency; what issuers write behind that (`12.340`) has to be zeros. Raises Unreadable."""
    whole, _, fraction = text.replace(",", "").partition(".")
    places = _places(currency)
    kept, rest = fraction[:places].ljust(places, "0"), fraction[places:].strip("0")
    if rest or not _NUMBER.fullmatch(whole + kept):
        raise Unreadable(f"no amount: {text[:20]!r}")
    return int(whole + kept)


def _places(currency: str) -> int:
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def in_major(amount: int, currency: str) -> Decimal:
    """1234 of USD's smallest unit as 12.34."""
    return Decimal(amount).scaleb(-_places(currency))


def minor_of(amount: Decimal, currency: str) -> int:
    """12.34 USD as 1234."""
    places = _places(currency)
    return int(amount.scaleb(places)) if places else int(amount)


def abroad_of(note: str) -> Abroad | None:
    """What a note tells of another currency: "現地利用額 12.340 USD 変換レート 157.123円". None where it tells of none."""
    plain = unicodedata.normalize("NFKC", note)[:200]
    if not any(word in plain for word in ("現地", "利用額", "レート")) and not re.search(r"\b[A-Z]{3}\b", plain):
        return None
    for number, currency in _ABROAD.findall(plain):
        if currency != "JPY":
            try:
                return Abroad(minor(number, currency), currency)
            except Unreadable:
                continue
    return None


@lru_cache(maxsize=4096)
def name(text: str) -> str:
    """A merchant's name as it may be kept and shown: short, in one line, card numbers masked but for their last four digits."""
    plain = " ".join(text.split())[:LONGEST_NAME]
    return _CARD_NUMBER.sub(_masked, unicodedata.normalize("NFKC", plain)) if _has_long_number(plain) else plain


def _has_long_number(text: str) -> bool:
    return _CARD_NUMBER.search(unicodedata.normalize("NFKC", text)) is not None


def _masked(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return "•" * (len(digits) - 4) + digits[-4:]
