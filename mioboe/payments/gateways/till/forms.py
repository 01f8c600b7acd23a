import re
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.payments.gateways.till.numbers import TEST_CARDS, is_card_number

LATEST_EXPIRY_YEARS = 20


class CardForm(forms.Form):
    """The card as somebody types it. The number is looked at and forgotten."""

    number = forms.CharField(
        label=_("Card number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    expires = forms.CharField(
        label=_("Expires (MM/YY)"),
        max_length=9,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "09/29"}),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.use_required_attribute = False  # our own words for what is missing

    def clean_number(self) -> str:
        digits = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        if not is_card_number(digits):
            raise forms.ValidationError(_("This is no card number: a digit is missing or wrong."))
        if digits not in TEST_CARDS:
            raise forms.ValidationError(_("This page takes test cards only. Please choose one of the list below."))
        return digits

    def clean_expires(self) -> str:
        found = re.fullmatch(r"\s*(0[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})\s*", self.cleaned_data["expires"])
        if not found:
            raise forms.ValidationError(_("Please write month and year, such as 09/29."))
        month, year = int(found[1]), 2000 + int(found[2])
        today: date = timezone.localdate()
        if not (today.year, today.month) <= (year, month) <= (today.year + LATEST_EXPIRY_YEARS, 12):
            raise forms.ValidationError(_("This card has expired, or the year is wrong."))
        return f"{month:02d}/{year}"
