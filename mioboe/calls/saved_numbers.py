"""Numbers on file. How long one has been there counts as proof, so that a new one says since when, and its owner is told by mail."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from mioboe.mails.actions import write_mail
from mioboe.mails.words import contact_url
from mioboe.people.models import Person, Phone
from mioboe.trail.actions import record

MOST_NUMBERS = 10
LONGEST_NAME = 40


class NotSaved(Exception):
    """There are enough numbers, or this one is there already."""


def add_number(person: Person, number: str, name: str = "") -> Phone:
    """Puts a number (E.164, one that we call) on file from now on. Raises NotSaved."""
    try:
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=person.pk)
            if person.phones.count() >= MOST_NUMBERS:
                raise NotSaved
            phone = Phone.objects.create(person=person, number=number, name=_kept(name), since=timezone.now())
            record("number.added", [person.ref], person)
            _tell(phone, is_new=True)
    except IntegrityError as error:
        raise NotSaved from error
    return phone


@transaction.atomic
def name_number(phone: Phone, name: str) -> None:
    """Gives it a name of the owner's own; an empty one takes it back. Since when it is on file stays."""
    phone.name = _kept(name)
    phone.save(update_fields=["name"])
    record("number.named", [phone.person.ref], phone.person)


@transaction.atomic
def remove_number(phone: Phone) -> bool:
    """Takes it off the file; put there again it counts from then. False where it was gone already."""
    gone, _ = Phone.objects.filter(pk=phone.pk).delete()
    if gone:
        record("number.removed", [phone.person.ref], phone.person)
        _tell(phone, is_new=False)
    return bool(gone)


def _kept(name: str) -> str:
    return " ".join(name.replace("\0", "").split())[:LONGEST_NAME]


def _tell(phone: Phone, is_new: bool) -> None:
    write_mail(
        "number_changed",
        phone.person,
        [phone.person.ref],
        phone=phone.number,
        is_new=is_new,
        at=timezone.now(),
        numbers_url=settings.MIOBOE_BASE_URL + reverse("help:numbers"),
        help_url=contact_url(order="none", about="account"),
    )
