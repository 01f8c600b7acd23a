"""Accounts of other shops, and the light person that each has here."""

import hashlib

from django.db import IntegrityError, transaction

from mioboe.api.models import OutsideAccount
from mioboe.people.elsewhere import NOWHERE
from mioboe.people.models import Person


def account_of(source: str, reference: str) -> OutsideAccount:
    """The account; made where it is new, with a person who has no password, no mail address and no way in. May be called twice, and by
    several at once."""
    found = OutsideAccount.objects.filter(source=source, reference=reference).select_related("person").first()
    return found or _new(source, reference)


def find_account(source: str, person_id: int) -> OutsideAccount | None:
    """The person's account, if it is this source's."""
    return OutsideAccount.objects.filter(source=source, person_id=person_id).first()


def _new(source: str, reference: str) -> OutsideAccount:
    name = hashlib.sha256(f"{source}\n{reference}".encode()).hexdigest()[:40]
    try:
        with transaction.atomic():
            person = Person.objects.create_user(f"{source}-{name}@{NOWHERE}"[-254:])
            return OutsideAccount.objects.create(source=source, reference=reference, person=person)
    except IntegrityError:
        # Somebody else was first; it is there, as the attempt waited until that transaction had committed.
        return OutsideAccount.objects.select_related("person").get(source=source, reference=reference)
