"""Which numbers we call. Callback forms are abused for toll fraud: kinds and countries are allow-listed."""

import unicodedata

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumber, PhoneNumberType

LONGEST_TYPED = 40
CALLED_KINDS = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
}


class NotCalled(ValueError):
    """A number that cannot be or is not called; the text says why, to the customer."""


def number_to_call(typed: str, region: str = "JP") -> str:
    """What a person typed (full width, dashes, with or without the leading 0 after +81), as E.164. Raises NotCalled."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        raise NotCalled(_("Please enter a telephone number."))
    if len(text) > LONGEST_TYPED:
        raise NotCalled(_("This is not a telephone number. Example: 090-1234-5678"))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise NotCalled(_("This is not a telephone number. Example: 090-1234-5678")) from error
    if not phonenumbers.is_valid_number(number):
        raise NotCalled(_("This number does not exist. Please check the digits. Example: 090-1234-5678"))
    _check_called(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _check_called(number: PhoneNumber) -> None:
    # The region, not the calling code: +1 is shared by countries with costly numbers.
    if phonenumbers.region_code_for_number(number) not in settings.MIOBOE_CALL_REGIONS:
        raise NotCalled(_("We cannot call numbers of this country. Please enter another number."))
    if phonenumbers.number_type(number) not in CALLED_KINDS:
        raise NotCalled(_("We call mobile, landline and IP telephone numbers only (not 0120, 0570 and the like)."))
