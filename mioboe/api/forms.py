from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from mioboe.api.models import LONGEST_NAME, LONGEST_SOURCE, Scope


class KeyForm(forms.Form):
    """A new key: what it is called, of whose accounts it speaks, and what for."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, help_text=_("Which program uses it, on which machine.")
    )
    source = forms.CharField(
        label=_("Shop"),
        max_length=LONGEST_SOURCE,
        validators=[validate_slug],
        help_text=_("Letters, digits and dashes. Keys of one shop speak of the same customers."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("May be used to"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    def clean_source(self) -> str:
        return str(self.cleaned_data["source"]).lower()
