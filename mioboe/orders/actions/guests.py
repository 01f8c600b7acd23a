"""Buying without an account."""

from django.db import IntegrityError, transaction

from mioboe.people.models import Person


def person_for_guest(mail: str, language: str) -> Person:
    """Whose order it is that a guest places with this mail address: a new person who cannot sign in (until a reset link,
    sent to this address, says otherwise), or whoever has the address already. Nothing shows the guest which. May be called
    twice."""
    mail = mail.strip().lower()
    before = Person.objects.filter(email=mail).first()
    if before is not None:
        return before
    try:
        with transaction.atomic():
            return Person.objects.create_user(mail, None, language=language)
    except IntegrityError:
        return Person.objects.get(email__iexact=mail)
