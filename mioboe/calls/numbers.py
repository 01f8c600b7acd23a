"""Telephone numbers as people type them, and which of them we call. Callback forms are abused for toll fraud: kinds and countries
are allow-listed."""

import re
import unicodedata

import phonenumbers
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

LONGEST_TYPED = 40
# What settings call the kinds that may ever be called; premium, shared-cost, toll-free and pager numbers are none of them.
KINDS = {
    "mobile": PhoneNumberType.MOBILE,
    "landline": PhoneNumberType.FIXED_LINE,
    "voip": PhoneNumberType.VOIP,
}
_KIND_WORDS = {
    PhoneNumberType.PREMIUM_RATE: gettext_lazy("a premium-rate number"),
    PhoneNumberType.TOLL_FREE: gettext_lazy("a toll-free number"),
    PhoneNumberType.SHARED_COST: gettext_lazy("a shared-cost number"),
    PhoneNumberType.PAGER: gettext_lazy("a pager"),
    PhoneNumberType.UAN: gettext_lazy("a company’s service number"),
    PhoneNumberType.VOICEMAIL: gettext_lazy("a voice mailbox"),
    PhoneNumberType.PERSONAL_NUMBER: gettext_lazy("a personal forwarding number"),
    PhoneNumberType.MOBILE: gettext_lazy("a mobile number"),
    PhoneNumberType.FIXED_LINE: gettext_lazy("a landline number"),
    PhoneNumberType.VOIP: gettext_lazy("an IP telephone number"),
}
_OTHER_KIND = gettext_lazy("a special number")
# Lines that are drawn for dashes, and what chat programs put around a copied number.
_STRAY: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "─━┄┈╌╍﹣⁃➖_"), "-"),
    **dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202c\u2066\u2069"), None),
    **{ord(digit): str(value) for value, digit in enumerate("〇一二三四五六七八九")},
}
_ABROAD = re.compile(r"^\s*00(?=[1-9])")


class NotCalled(ValueError):
    """A number that cannot be or is not called; the text says why, to the customer."""


def home_region() -> str:
    """The country whose numbers are typed without saying so."""
    return str(settings.MIOBOE_CALL_REGIONS[0])


def number_to_call(typed: str, region: str = "") -> str:
    """What a person typed (full width, dashes, with or without the leading 0 after the country, 0081… or +81…), as E.164. `region` is
    the chosen country, the home one by default. Raises NotCalled."""
    number = number_meant(typed, region)
    check_called(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def number_meant(typed: str, region: str = "") -> PhoneNumber:
    """The number that a person typed, whether we call it or not. Raises NotCalled where it is none."""
    text = unicodedata.normalize("NFKC", typed).translate(_STRAY).strip()
    if not text:
        raise NotCalled(_("Please enter a telephone number."))
    if len(text) > LONGEST_TYPED:
        raise NotCalled(_not_a_number(region))
    region = region if region in phonenumbers.SUPPORTED_REGIONS else home_region()
    found = _read(text, region)
    # 00 is how most of the world begins a number abroad, but not a rule of every country: Japan's toll-free 0077 is no such.
    if (found is None or not phonenumbers.is_valid_number(found)) and _ABROAD.match(text):
        found = _read(_ABROAD.sub("+", text), region) or found
    if found is None:
        raise NotCalled(_not_a_number(region))
    if not phonenumbers.is_valid_number(found):
        raise NotCalled(
            _("This number does not exist. Please check the country and the digits. Example: %(example)s")
            % {"example": example(region)}
        )
    if found.extension:
        raise NotCalled(_("We cannot dial an extension. Please enter a number that rings where you are."))
    return found


def _read(text: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _not_a_number(region: str) -> str:
    return _("This is not a telephone number. Example: %(example)s") % {"example": example(region)}


def example(region: str = "") -> str:
    """A mobile number as that country writes it; nobody's."""
    region = region if region in phonenumbers.SUPPORTED_REGIONS else home_region()
    if region == "JP":
        return "090-1234-5678"  # phonenumbers' own begins with 0901 234, which nobody in Japan writes
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE) or phonenumbers.example_number(region)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if number else "+81 90-1234-5678"


def check_called(number: PhoneNumber) -> None:
    """Raises NotCalled for a country or a kind of number that we do not call."""
    # The region, not the calling code: +1 is shared by countries with costly numbers.
    region = phonenumbers.region_code_for_number(number) or ""
    if region not in settings.MIOBOE_CALL_REGIONS:
        raise NotCalled(
            _("We do not call numbers of this country: %(country)s. Please enter another number.")
            % {"country": country_name(region)}
        )
    kind = phonenumbers.number_type(number)
    if not _is_called(kind):
        called = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP}
        words = _(
            "This is %(kind)s. We call mobile, landline and IP telephone numbers only (not 0120, 0570 and the like)."
        )
        if kind in called:
            words = _("This is %(kind)s, which we do not call. Please enter another number.")
        raise NotCalled(words % {"kind": str(_KIND_WORDS.get(kind, _OTHER_KIND))})


def _is_called(kind: int) -> bool:
    called = {KINDS[name] for name in settings.MIOBOE_CALL_KINDS}
    if kind == PhoneNumberType.FIXED_LINE_OR_MOBILE:
        return {PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE} <= called
    return kind in called


def region_of(number: str) -> str:
    """The country of a number in E.164; "" where it has none."""
    read = _read(number, home_region())
    return (phonenumbers.region_code_for_number(read) or "") if read else ""


def as_dialled(number: str) -> str:
    """+81 90-1234-5678: what is dialled, told apart into groups."""
    read = _read(number, home_region())
    return phonenumbers.format_number(read, PhoneNumberFormat.INTERNATIONAL) if read else number


def country_name(region: str, language: str = "") -> str:
    """The country in the page's language; its code where nobody has a name for it."""
    language = (language or get_language() or "ja").split("-")[0]
    territories = Locale.parse("ja" if language == "ja" else "en").territories
    return str(territories.get(region) or region or _("unknown"))


def grouped_countries(language: str = "") -> list[tuple[bool, list[tuple[str, str, int]]]]:
    """Every country that has telephone numbers, as code, name, calling code: those that we call, the home one first, then the others,
    each by name."""
    home, called = home_region(), settings.MIOBOE_CALL_REGIONS
    rows = [
        (region, country_name(region, language), phonenumbers.country_code_for_region(region))
        for region in phonenumbers.SUPPORTED_REGIONS
    ]
    rows.sort(key=lambda row: (row[0] != home, row[1]))
    return [
        (True, [row for row in rows if row[0] in called]),
        (False, [row for row in rows if row[0] not in called]),
    ]
