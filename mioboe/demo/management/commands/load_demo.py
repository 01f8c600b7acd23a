"""People and goods for trying things out. Run again, it adds what is missing and changes nothing else."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.calls.models import Duty
from mioboe.demo import people
from mioboe.orders.models import Kind, OneClick, Product
from mioboe.payments.models import Card
from mioboe.people.models import Address, Person, Phone, Role

GOODS: tuple[tuple[str, Kind, str, str, int, int | None, str, str], ...] = (
    ("falling-stars", Kind.FILM, "星降る夜に（吹替版）", "Night of Falling Stars (dubbed)", 500, None, "山の観測所で過ごす、ふたりの一夜の物語。", "Two strangers, one observatory, one night."),
    ("lighthouse", Kind.FILM, "灯台守の手紙（字幕版）", "The Lighthouse Keeper (subtitled)", 400, None, "嵐の夜に届いた、差出人のない手紙。", "A letter without a sender, on a stormy night."),
    ("paper-trains", Kind.FILM, "紙の列車", "Paper Trains", 300, None, "小さな町の、大きな旅。", "A great journey through a small town."),
    ("kettle", Kind.PARCEL, "藍色のやかん", "Indigo kettle", 4800, 40, "一人分のお湯がすぐに沸きます。", "Boils a cup's worth in no time."),
    ("umbrella", Kind.PARCEL, "軽い雨傘", "Light umbrella", 3200, 60, "220グラム。かばんに入れたままで。", "220 grams; forget it in your bag."),
    ("mug", Kind.PARCEL, "夜ふかしのマグ", "Night owl mug", 1600, 80, "たっぷり入る、厚手の陶器です。", "Thick stoneware for long nights."),
)  # fmt: skip


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for slug, kind, title_ja, title_en, price, stock, about_ja, about_en in GOODS:
            Product.objects.get_or_create(
                slug=slug,
                defaults={
                    "kind": kind,
                    "title_ja": title_ja,
                    "title_en": title_en,
                    "about_ja": about_ja,
                    "about_en": about_en,
                    "price": Money(price, JPY),
                    "stock": stock,
                    "picture": f"shopfront/goods/{'film-' if kind == Kind.FILM else ''}{slug}.svg",
                    "minutes": 104 if kind == Kind.FILM else None,
                },
            )
        hana = self._person(people.CUSTOMER, "佐藤 花", "ja", Role.CUSTOMER)
        long_ago = timezone.now() - timedelta(days=3 * 365)
        Phone.objects.get_or_create(person=hana, number=people.TELEPHONE, defaults={"since": long_ago})
        address, _ = Address.objects.get_or_create(
            person=hana,
            defaults={
                "recipient": "佐藤 花",
                "postcode": "150-0001",
                "prefecture": "Tokyo",
                "street": "渋谷区神宮前0-0-0",
            },
        )
        card, _ = Card.objects.get_or_create(
            token="tok_demo_hana", defaults={"person": hana, "brand": "Visa", "last4": "4242", "expires": "09/2029"}
        )
        OneClick.objects.update_or_create(person=hana, defaults={"is_on": True, "card": card, "address": address})
        for mail, (name, language, languages) in people.AGENTS.items():
            agent = self._person(mail, name, language, Role.AGENT)
            Duty.objects.get_or_create(agent=agent, defaults={"languages": languages})
        self._person(people.OPERATOR, "運営", "ja", Role.OPERATOR)

    def _person(self, mail: str, name: str, language: str, role: Role) -> Person:
        person = Person.objects.filter(email=mail).first()
        if person is None:
            person = Person.objects.create_user(mail, people.PASSWORD, name=name, language=language, role=role)
            EmailAddress.objects.create(user=person, email=mail, primary=True, verified=True)
        return person
