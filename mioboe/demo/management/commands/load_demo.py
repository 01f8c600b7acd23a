"""People and goods for trying things out. Run again, it adds what is missing and changes nothing else."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from mioboe.calls.models import Duty
from mioboe.demo import people
from mioboe.demo.catalogue import draw_pictures, load_goods
from mioboe.orders.models import ApprovalChoice, ApproveWhen, OneClick
from mioboe.payments.models import Card
from mioboe.people.models import Address, Person, Phone, Role


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        load_goods()
        draw_pictures()
        hana = self._customer(people.CUSTOMER, "佐藤 花", "hana")
        self._customer(people.CAREFUL, "鈴木 雪", "yuki")
        # As in the shops of 2017, so that the story can happen; once she has chosen otherwise, that stays.
        ApprovalChoice.objects.get_or_create(person=hana, defaults={"when": ApproveWhen.NEVER})
        for mail, (name, language, languages) in people.AGENTS.items():
            agent = self._person(mail, name, language, Role.AGENT)
            Duty.objects.get_or_create(agent=agent, defaults={"languages": languages})
        self._person(people.OPERATOR, "運営", "ja", Role.OPERATOR)

    def _customer(self, mail: str, name: str, short: str) -> Person:
        """With a telephone, a card, an address and one click on."""
        person = self._person(mail, name, "ja", Role.CUSTOMER)
        long_ago = timezone.now() - timedelta(days=3 * 365)
        Phone.objects.get_or_create(person=person, number=people.TELEPHONE, defaults={"since": long_ago})
        place = {"postcode": "150-0001", "prefecture": "Tokyo", "street": "渋谷区神宮前0-0-0"}
        address, _ = Address.objects.get_or_create(person=person, defaults={"recipient": name, **place})
        card, _ = Card.objects.get_or_create(
            token=f"tok_demo_{short}",
            defaults={"person": person, "brand": "Visa", "last4": "4242", "expires": "09/2029"},
        )
        OneClick.objects.update_or_create(person=person, defaults={"is_on": True, "card": card, "address": address})
        return person

    def _person(self, mail: str, name: str, language: str, role: Role) -> Person:
        person = Person.objects.filter(email=mail).first()
        if person is None:
            person = Person.objects.create_user(mail, people.PASSWORD, name=name, language=language, role=role)
            EmailAddress.objects.create(user=person, email=mail, primary=True, verified=True)
            # With us for a year, so that the password and the mailbox are old enough to prove something.
            ago = timezone.now() - timedelta(days=365)
            Person.objects.filter(pk=person.pk).update(joined_at=ago, password_set_at=ago)
        return person
