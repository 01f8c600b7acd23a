"""What people type in while they buy."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mioboe.orders.actions import Wish, wish_of
from mioboe.orders.actions.approval_choice import LARGEST
from mioboe.orders.delivery import english
from mioboe.orders.models import MOST_PIECES, ApproveWhen, Destination, OneClick
from mioboe.orders.postcodes import postcode_in, prefecture_of
from mioboe.payments.models import Card
from mioboe.people.models import Address, Person
from mioboe.signins.places import PREFECTURES
from mioboe.site.language import is_japanese

_one_line = RegexValidator("^[^\x00-\x1f\x7f\u2028\u2029]*$", _("Please write this in one line."))


def prefectures() -> list[tuple[str, str]]:
    in_japanese = is_japanese()
    choices = [(name, japanese if in_japanese else name) for name, japanese in PREFECTURES.items()]
    return [("", str(_("Please choose"))), *choices]


class AddressForm(forms.Form):
    """An address in Japan; the shop delivers nowhere else."""

    recipient = forms.CharField(
        label=_("Name of the recipient"),
        max_length=100,
        validators=[_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=20,
        help_text=_("7 digits, such as 150-0001"),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    prefecture = forms.ChoiceField(
        label=_("Prefecture"),
        choices=prefectures,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
    )
    street = forms.CharField(
        label=_("City, street and number, building"),
        max_length=200,
        validators=[_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def clean_postcode(self) -> str:
        """As it is written on a parcel, however it was typed: １５００００１ and 〒150-0001 are 150-0001."""
        found = postcode_in(self.cleaned_data["postcode"])
        if found is None:
            raise forms.ValidationError(_("A postcode has 7 digits, such as 150-0001."))
        return found

    @property
    def destination(self) -> Destination:
        told = self.cleaned_data
        return Destination(told["recipient"], told["postcode"], told["prefecture"], told["street"])


class PlaceForm(forms.Form):
    """Where somebody without an address would have something sent: a postcode or a prefecture, in either language."""

    place = forms.CharField(label=_("Postcode or prefecture"), max_length=40)

    def clean_place(self) -> str:
        """The prefecture, in English."""
        typed = self.cleaned_data["place"]
        postcode = postcode_in(typed)
        name = prefecture_of(postcode) if postcode else english(typed)
        if name not in PREFECTURES:
            raise forms.ValidationError(
                _("We do not know this place. Please type a postcode of 7 digits, or a prefecture.")
            )
        return name


class GuestForm(AddressForm):
    """Somebody without an account: where the mails go, and the parcel where there is one."""

    mail = forms.EmailField(
        label=_("Mail address"),
        max_length=254,
        help_text=_("The confirmation goes there, with a link to your order."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ("mail",)

    def __init__(self, *args: Any, needs_address: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.needs_address = needs_address
        if not needs_address:
            for name in AddressForm.base_fields:
                del self.fields[name]

    @property
    def told_destination(self) -> Destination | None:
        """None where only films are bought."""
        return self.destination if self.needs_address else None


class OneClickForm(forms.Form):
    is_on = forms.BooleanField(label=_("Buy with 1-click"), required=False)
    card = forms.ModelChoiceField(
        label=_("Card"), queryset=Card.objects.none(), required=False, empty_label=None, widget=forms.RadioSelect
    )
    address = forms.ModelChoiceField(
        label=_("Address for parcels"),
        queryset=Address.objects.none(),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    hold_to_buy = forms.BooleanField(
        label=_("On touch screens, hold the button for a second"),
        help_text=_(
            "So that a pocket or a child’s finger buys nothing. With a keyboard or a switch you confirm on the next page instead."
        ),
        required=False,
    )

    def __init__(self, person: Person, *args: Any, **options: Any) -> None:
        choice = OneClick.objects.filter(person=person).first()
        if choice:
            options["initial"] = {
                "is_on": choice.is_on,
                "card": choice.card_id,
                "address": choice.address_id,
                "hold_to_buy": choice.hold_to_buy,
            }
        super().__init__(*args, **options)
        self._offer("card", saved_cards(person), card_name)
        self._offer("address", person.addresses.order_by("pk"), address_name)

    def _offer(self, name: str, rows: QuerySet[Any], label: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        if rows:
            field.queryset = rows
            field.label_from_instance = label  # type: ignore[method-assign]
        else:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_on") and not cleaned.get("card"):
            raise forms.ValidationError(_("1-click needs a card. Please choose one, or save one first."))
        return cleaned


class ApprovalForm(forms.Form):
    """When to ask before anything is charged."""

    when = forms.ChoiceField(label=_("Ask me before you charge"), choices=ApproveWhen.choices, widget=forms.RadioSelect)
    above = forms.IntegerField(
        label=_("And always from this amount on (yen)"),
        min_value=1,
        max_value=LARGEST,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        wish = wish_of(person)
        return {"when": wish.when, "above": wish.above}

    @property
    def wish(self) -> Wish:
        return Wish(ApproveWhen(self.cleaned_data["when"]), self.cleaned_data["above"])


class QuantityForm(forms.Form):
    quantity = forms.IntegerField(min_value=1, max_value=MOST_PIECES)


def saved_cards(person: Person) -> QuerySet[Card]:
    return person.cards.filter(removed_at=None).order_by("pk")


def usable_cards(person: Person) -> list[Card]:
    """Saved and not expired."""
    this_month = timezone.localdate().strftime("%Y/%m")
    return [card for card in saved_cards(person) if "/".join(reversed(card.expires.split("/"))) >= this_month]


def card_name(card: Card) -> str:
    words = str(_("{brand} ending in {last4}, until {expires}"))
    return words.format(brand=card.brand, last4=card.last4, expires=card.expires)


def address_name(address: Address | Destination) -> str:
    to = address if isinstance(address, Destination) else Destination.of(address)
    between = "" if is_japanese() else ", "
    return f"{to.recipient}, 〒{to.postcode} {to.prefecture_name}{between}{to.street}"
