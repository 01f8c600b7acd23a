from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from mioboe.people.models import Person


def send_reset_link(person: Person) -> None:
    """Mails the person a link to set a new password: works once, for 30 minutes. Nobody but the addressee sees it.
    May be called twice: two mails, and the first link ends when the second is used."""
    token = default_token_generator.make_token(person)
    path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), token])
    get_adapter().write_mail(
        "account/email/password_reset_key", person.email, person.language, url=f"{settings.MIOBOE_BASE_URL}{path}"
    )
