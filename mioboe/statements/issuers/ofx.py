"""OFX, the form that banks outside Japan give for finance programs: 1.x (SGML, tags that are not closed) and 2.x (XML). Only
its transactions are read, tag by tag, so that nothing in it is expanded or fetched. Money out is negative there; here it is
what was charged, and positive. (OFX 2.3, 11.4.4 Transaction, https://financialdataexchange.org/ofx)"""

import html
import re
from collections.abc import Iterator
from decimal import Decimal

from mioboe.statements.issuers.cells import Abroad, Line, Unreadable, made_day, minor, name

_TAG = re.compile(r"<(/?)([A-Za-z0-9.]{1,32})>([^<]{0,400})")
_RATE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?")
_BEGINNING = ("OFXHEADER", "<OFX>", "<?OFX")


def is_it(text: str) -> bool:
    start = text[:2000].upper()
    return any(sign in start for sign in _BEGINNING) and "<" in start


def lines(text: str) -> Iterator[Line]:
    currency, facts, inside = "JPY", dict[str, str](), False
    for found in _TAG.finditer(text):
        tag, value = found[2].upper(), html.unescape(found[3]).strip()
        if tag == "CURDEF" and value:
            currency = value.upper()[:3]
        elif tag == "STMTTRN":
            if found[1] and inside:
                yield _line(facts, currency)
            facts, inside = {}, not found[1]
        elif inside and not found[1] and value:
            facts[tag] = value


def _line(facts: dict[str, str], currency: str) -> Line:
    posted = facts.get("DTUSER") or facts.get("DTPOSTED", "")
    amount, shop = facts.get("TRNAMT", ""), facts.get("NAME") or facts.get("PAYEE") or facts.get("MEMO", "")
    if not posted[:8].isdecimal() or not posted[:8].isascii() or not amount:
        raise Unreadable("a transaction without a date or an amount")
    on = made_day(int(posted[:4]), int(posted[4:6]), int(posted[6:8]))
    # A comma is the decimal point of many countries; nothing groups digits here (OFX 2.3, 3.2.9.1).
    signed = -minor(amount.replace("+", "").replace(",", "."), currency)
    return Line(on, name(shop), signed, currency, _abroad(facts, currency, signed))


def _abroad(facts: dict[str, str], currency: str, signed: int) -> Abroad | None:
    """`ORIGCURRENCY`: the amount has been converted, at a rate of the statement's currency for one of the other."""
    other, rate = facts.get("CURSYM", "").upper()[:3], facts.get("CURRATE", "")
    if not other or other == currency or not _RATE.fullmatch(rate) or not Decimal(rate):
        return None
    return Abroad(abs(round(Decimal(signed) * _one(other) / _one(currency) / Decimal(rate))), other)


def _one(currency: str) -> int:
    return minor("1", currency)
