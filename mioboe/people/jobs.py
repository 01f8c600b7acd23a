from typing import Any

from allauth.account.adapter import get_adapter
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.people.account_mails import MAILS
from mioboe.people.actions import mail_addresses
from mioboe.people.limits import drop_old_counts
from mioboe.people.models import MailAddressChange, Person


@app.task(name="people.write_account_mail")
def write_account_mail(kind: str, person_id: int | None, language: str, facts: dict[str, Any]) -> None:
    """Writes a mail about an account; nothing for an address that has none. Run twice, it is two mails."""
    person = Person.objects.filter(pk=person_id).first() if person_id else None
    if person and kind in MAILS:
        get_adapter().write_mail(kind, person.email, person.language, person.time_zone, **facts)


@app.task(name="people.change_mail_address")
def change_mail_address(change_id: int) -> None:
    """Puts a new mail address into force, once it has waited its time."""
    change = MailAddressChange.objects.select_related("person").filter(pk=change_id).first()
    if change:
        mail_addresses.carry_out(change, timezone.now())


@app.periodic(cron="41 * * * *")
@app.task(name="people.drop_old_counts", queueing_lock="people.drop_old_counts")
def drop_counts(timestamp: int) -> None:
    """Counts of the limits that are over, and mail addresses that nobody confirmed."""
    drop_old_counts()
    for person in Person.objects.filter(mail_changes__state="asked").distinct():
        mail_addresses.drop_lapsed(person)
