"""allauth's forms for passkeys. What an authenticator has signed comes in as JSON, so that anybody may send anything."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy

LONGEST_NAME = 60
# What fido2 and allauth raise for JSON of another shape, beside the ValidationError that a form expects.
MALFORMED = (TypeError, ValueError, KeyError, AttributeError, IndexError)


class _Checked(webauthn.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInByPasskey(_Checked, webauthn.LoginWebAuthnForm):
    pass


class SecondStepByPasskey(_Checked):
    pass


class ConfirmByPasskey(_Checked, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddPasskey(webauthn.AddWebAuthnForm):
    """Always one that can sign in alone, which is what makes it a passkey: the authenticator has checked a finger, a face or a PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.initial["passwordless"] = True
        self.fields["name"] = forms.CharField(
            label=gettext_lazy("Name"),
            max_length=LONGEST_NAME,
            required=False,
            help_text=gettext_lazy("By which you tell it from others: “my phone”, say."),
        )

    def clean_passwordless(self) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class RenamePasskey(webauthn.EditWebAuthnForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
