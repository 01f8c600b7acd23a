"""The way to us for those who cannot sign in: a link to their mail address. Whether there is an account is not told."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from procrastinate.contrib.django import app

from mioboe.mails.actions import write_mail
from mioboe.mails.links import make_link
from mioboe.people.guesses import network_of
from mioboe.people.limits import Limit, count
from mioboe.people.models import Person

PURPOSE = "contact"
LINK_LIFE_S = 3600
LONGEST_QUERY = 200
# Into one mailbox: past that the answer is the same, and the links sent before still work. From one line: past that it says so.
OF_A_MAILBOX = Limit("contact.links", 3, 900)
OF_A_LINE = Limit("contact.links.line", 20, 600)


def mail_link(request: HttpRequest, address: str, query: str) -> int:
    """Mails a link to whoever has this address; answers how many seconds to wait where too many were asked for from one line, else 0,
    whether there is such a person or not. A job does what takes time."""
    if wait_s := count(OF_A_LINE, network_of(request)):
        return wait_s
    address = address.strip().lower()
    if count(OF_A_MAILBOX, address):
        return 0
    person = Person.objects.filter(email__iexact=address, is_active=True).first()
    mailing = app.configure_task("help.mail_contact_link")
    mailing.defer(person_id=person.pk if person else None, query=query[:LONGEST_QUERY])
    return 0


@transaction.atomic
def write_link(person_id: int | None, query: str) -> bool:
    """Writes the mail; False where there is nobody to write to. Called twice, it is two mails."""
    person = Person.objects.filter(pk=person_id, is_active=True).first() if person_id else None
    if person is None:
        return False
    secret = make_link(PURPOSE, person.ref, person.email, person, LINK_LIFE_S)
    url = settings.MIOBOE_BASE_URL + reverse("help:contact_link", args=[secret])
    write_mail(
        "contact_link",
        person,
        [person.ref],
        link=f"{url}?{query}" if query else url,
    )
    return True
