"""What the mails about an account say. Each is a subject, a sentence or two, and a code, a link or the facts of what happened;
allauth names them by the template that it would render, and so do we."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Words(NamedTuple):
    subject: str | Promise
    lead: str | Promise  # may name {new}, the new mail address, and {due}, when it takes effect
    label: str | Promise = ""  # of the button
    after: str | Promise = ""


_GIVE_NOBODY = _(
    "Never tell the code to anybody, not to us either. You did not ask for it? Then somebody else typed in your mail address: you need not do anything."
)
_NOT_YOU = _("Was this not you? Then tell us at once: we sign everybody out and undo it.")

MAILS = {
    "account/email/login_code": Words(
        _("Your code for signing in"),
        _("Type this code on the page on which you are signing in. It works there only, once, for 10 minutes."),
        after=_(
            "Never tell the code to anybody, not to us either. You are not signing in? Then somebody is trying to: without the code they do not get in. If they came so far with your password, set a new one."
        ),
    ),
    "account/email/confirm_code": Words(
        _("Your code to confirm that it is you"),
        _("Type this code on the page that asked for it. It works there only, once, for 10 minutes."),
        after=_GIVE_NOBODY,
    ),
    "account/email/email_confirmation_signup": Words(
        _("Your code for the new account"),
        _("Type this code on the page on which you make your account. It works there only, once, for 15 minutes."),
        after=_GIVE_NOBODY,
    ),
    "account/email/account_already_exists": Words(
        _("You have an account already"),
        _(
            "Somebody, probably you, wanted to make an account with this mail address. There is one already: sign in, or set a new password."
        ),
        label=_("Set a new password"),
        after=_("It was not you? Then you need not do anything."),
    ),
    "account/email/password_reset_key": Words(
        _("Set a new password: your link"),
        _("With this link you set a new password. It works once, for 30 minutes."),
        label=_("Set a new password"),
        after=_(
            "You did not ask for it, and nobody at our customer service sent it to you? Then you need not do anything: your password stays as it is."
        ),
    ),
    "account/email/password_changed": Words(
        _("Your password was changed"), _("Everybody but the one who changed it was signed out."), after=_NOT_YOU
    ),
    "account/email/password_set": Words(
        _("Your account has a password now"), _("From now on you can sign in with it."), after=_NOT_YOU
    ),
    "account/email/password_reset": Words(
        _("Your password was set anew"), _("Everybody else was signed out."), after=_NOT_YOU
    ),
    "account/email/change_confirm": Words(
        _("Confirm your new mail address"),
        _(
            "An account at our shop is to have this mail address. Press the button within 24 hours to confirm that it is yours."
        ),
        label=_("Confirm the address"),
        after=_("You know nothing of it? Then you need not do anything: nothing happens."),
    ),
    "account/email/change_taken": Words(
        _("This mail address has an account already"),
        _(
            "Somebody, probably you, wanted to use this mail address for another account. It has one of its own, and an address belongs to one account only."
        ),
        after=_("You know nothing of it? Then you need not do anything: nothing happens."),
    ),
    "account/email/change_waits": Words(
        _("Your account is about to get another mail address"),
        _(
            "From {due} on, your account’s mail address is {new}. Until then this address stays in force, and you can stop it with one press."
        ),
        label=_("Stop it"),
        after=_NOT_YOU,
    ),
    "account/email/change_stopped": Words(
        _("Your mail address stays as it is"), _("The change to {new} was stopped. This address stays in force.")
    ),
    "account/email/change_done": Words(
        _("Your mail address was changed"),
        _("From now on your account’s mail address is {new}. You sign in with it, and our mails go there."),
        after=_NOT_YOU,
    ),
    "mfa/email/webauthn_added": Words(
        _("A passkey was added to your account"), _("From now on it signs in to your account."), after=_NOT_YOU
    ),
    "mfa/email/webauthn_removed": Words(
        _("A passkey was removed from your account"), _("It does not sign in any more."), after=_NOT_YOU
    ),
    "mfa/email/totp_activated": Words(
        _("Codes from an app were switched on"),
        _("From now on, signing in with the password asks for a code from the app, too."),
        after=_NOT_YOU,
    ),
    "mfa/email/totp_deactivated": Words(
        _("Codes from an app were switched off"), _("Signing in does not ask for them any more."), after=_NOT_YOU
    ),
    "mfa/email/recovery_codes_generated": Words(
        _("New recovery codes were made"), _("The ones before do not work any more."), after=_NOT_YOU
    ),
}
