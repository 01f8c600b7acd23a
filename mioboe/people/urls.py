"""Our own account pages, and those of allauth's that ask who it is once more before they change what keeps an account safe: these
stand before allauth's own (site.urls), under the same names."""

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest
from django.urls import path

from mioboe.people import views
from mioboe.people.proofs import fresh_proof_required


def _asks_for_password(request: HttpRequest) -> bool:
    """The form asks for the current password itself, which is as good, where the password is good enough at all."""
    return bool(get_adapter(request).is_password_enough(request))


urlpatterns = [
    path("email/", views.mail_address, name="mail_address"),
    path("email/stop/", views.stop_mail_address, name="mail_address_stop_now"),
    path("email/stopped/", views.mail_address_stopped, name="mail_address_stopped"),
    path("email/confirm/<str:secret>/", views.confirm_mail_address, name="mail_address_confirm"),
    path("email/stop/<str:secret>/", views.stop_mail_address_by_link, name="mail_address_stop"),
    path("reauthenticate/code/", views.by_code, name="reauthenticate_by_code"),
    path(
        "password/change/",
        fresh_proof_required(account.password_change, unless=_asks_for_password),
        name="account_change_password",
    ),
    path("password/set/", fresh_proof_required(account.password_set), name="account_set_password"),
    path("2fa/totp/activate/", fresh_proof_required(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", fresh_proof_required(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/", fresh_proof_required(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"
    ),
    path(
        "2fa/recovery-codes/generate/",
        fresh_proof_required(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        fresh_proof_required(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/add/", fresh_proof_required(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/", fresh_proof_required(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("2fa/webauthn/keys/<int:pk>/edit/", fresh_proof_required(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
