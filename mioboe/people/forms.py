"""allauth's forms with our counting of guesses, our words, and nothing that tells whether an account exists."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mioboe.people.guesses import a_guess, may_mail_code, may_mail_link
from mioboe.people.models import Person

LONGEST_CODE = 20  # characters


class SignIn(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "login", gettext_lazy("Mail address"))
        _name(self, "password", gettext_lazy("Password"))
        # A browser that has passkeys for this shop offers them on this field (WebAuthn, "conditional mediation").
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"


class SignUp(account.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "email", gettext_lazy("Mail address"))
        _name(self, "password1", gettext_lazy("Password"))
        self.fields["password1"].help_text = _long_enough()


class AskForCode(account.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "email", gettext_lazy("Mail address"))

    def clean_email(self) -> str:
        may_mail_code(context.request, *_who(context.request, self.cleaned_data["email"]))
        return super().clean_email()


class AskForResetLink(account.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "email", gettext_lazy("Mail address"))

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Has the link sent. A mailbox that was sent enough of them gets no more for a while; the answer is the same."""
        mail = self.cleaned_data["email"]
        if may_mail_link(request, *_who(request, mail)):
            return super().save(request, **kwargs)
        return mail


class ResetPassword(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_passwords(self)


class SetPassword(account.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_passwords(self)


class ChangePassword(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "oldpassword", gettext_lazy("Current password"))
        _name_passwords(self)

    def clean_oldpassword(self) -> str:
        with a_guess(context.request, *_who(context.request, self.user.email)):
            return super().clean_oldpassword()


class ConfirmPassword(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "password", gettext_lazy("Password"))


class ConfirmCode(account.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "code", gettext_lazy("Code"))


class ConfirmNewAddress(account.ConfirmEmailVerificationCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "code", gettext_lazy("Code"))


class CountedCode(mfa.BaseAuthenticateForm):
    """A code from the app, or a recovery code; each is counted as a guess."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)

    def clean_code(self) -> str:
        with a_guess(context.request, *_who(context.request, self.user.email), second_step=True):
            return super().clean_code()


class SecondStep(CountedCode, mfa.AuthenticateForm):
    """While signing in."""


class ConfirmAppCode(CountedCode, mfa.ReauthenticateForm):
    """From somebody who is signed in already."""


class SwitchAppOn(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "code", gettext_lazy("Code from the app"))


class NewAddress(forms.Form):
    new = forms.EmailField(
        label=gettext_lazy("New mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_new(self) -> str:
        new = self.cleaned_data["new"].strip().lower()
        if new == self.person.email.lower():
            raise forms.ValidationError(_("That is your mail address already."))
        return new


class MailedCode(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=LONGEST_CODE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, "code", gettext_lazy("Code"))


def _who(request: HttpRequest, account: str) -> tuple[str, str]:
    return account, get_adapter(request).known_device(request, account)


def _name(form: forms.Form, field: str, words: Any) -> None:
    control = form.fields[field]
    control.label = words
    control.widget.attrs.pop("placeholder", None)
    if field == "code":
        control.widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric"}


def _name_code(form: forms.Form) -> None:
    _name(form, "code", gettext_lazy("Code from the app, or a recovery code"))


def _name_passwords(form: forms.Form) -> None:
    _name(form, "password1", gettext_lazy("New password"))
    _name(form, "password2", gettext_lazy("The new password once more"))
    form.fields["password1"].help_text = _long_enough()


def _long_enough() -> str:
    least = settings.PASSWORD_LEAST_CHARACTERS
    return ngettext(
        "At least %(least)d character. Long ones are good: several words, say.",
        "At least %(least)d characters. Long ones are good: several words, say.",
        least,
    ) % {"least": least}
