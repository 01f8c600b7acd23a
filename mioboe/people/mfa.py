import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mioboe.people.models import Person
from mioboe.site.context import shop_name


class MFAAdapter(DefaultMFAAdapter):
    """Passkeys, codes from an app and recovery codes: named as people name them, and their secrets kept so that a copy of the
    database alone opens no account."""

    error_messages: dict[str, str | Promise] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("That code is not right, or too old."),
        "unverified_email": gettext_lazy("Confirm your mail address first."),
    }

    def get_totp_issuer(self) -> str:
        return shop_name()

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValidationError where it was kept under a secret key that is not in the settings any more."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise ValidationError(_("These codes cannot be checked any more. Please contact us.")) from error

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey") if number == 1 else _("Passkey {number}").format(number=number)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to a host name: the shop's, also where it answers to a longer one. None belongs to a bare address."""
        entity: dict[str, Any] = super().get_public_key_credential_rp_entity()
        base = urlsplit(settings.MIOBOE_BASE_URL).hostname or ""
        here = entity["id"]
        return {"id": base if here == base or here.endswith(f".{base}") else here, "name": shop_name()}


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"mfa|" + force_bytes(one)).digest())) for one in secrets]
    )
