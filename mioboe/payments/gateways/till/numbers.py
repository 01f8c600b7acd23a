"""The till's test cards. It takes no others: whoever types a real number is told so, and nothing of it is kept."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class Behaviour(models.TextChoices):
    FINE = "fine", _("works")
    DECLINED = "declined", _("is declined")
    NO_FUNDS = "no_funds", _("has not enough money")
    EXPIRED = "expired", _("has expired")
    NOT_DONE = "not_done", _("no answer at the first try, and nothing is done")
    ANSWER_LOST = "answer_lost", _("is charged, but the first answer is lost")


# Made up within the ranges of the schemes; each passes Luhn's check.
TEST_CARDS: dict[str, Behaviour] = {
    "4242424242424242": Behaviour.FINE,
    "5555555555554444": Behaviour.FINE,
    "3530111333300000": Behaviour.FINE,
    "4000000000000002": Behaviour.DECLINED,
    "4000000000009995": Behaviour.NO_FUNDS,
    "4000000000000069": Behaviour.EXPIRED,
    "4000000000000119": Behaviour.NOT_DONE,
    "4000000000000127": Behaviour.ANSWER_LOST,
}
# Issuer ranges: https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
_BRANDS = (
    (r"4", "Visa"),
    (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", "Mastercard"),
    (r"352[89]|35[3-8]", "JCB"),
    (r"3[47]", "American Express"),
)


def is_card_number(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1, annex B): it catches a mistyped digit."""
    if not digits.isascii() or not digits.isdigit() or not 12 <= len(digits) <= 19:
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def brand_of(digits: str) -> str:
    """The scheme of a card number, by its first digits."""
    return next((brand for pattern, brand in _BRANDS if re.match(pattern, digits)), "Card")
