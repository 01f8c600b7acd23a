"""People and goods for tests."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.calls.models import Duty
from mioboe.mails.later import finish_words
from mioboe.mails.models import Mail
from mioboe.orders.actions import buy_with_one_click
from mioboe.orders.models import (
    Access,
    ApprovalChoice,
    ApproveWhen,
    Destination,
    HowBought,
    Kind,
    Line,
    OneClick,
    Order,
    OrderState,
    Parcel,
    Product,
)
from mioboe.orders.offers import offer
from mioboe.payments import actions as payments
from mioboe.payments.gateways.till.jobs import settle
from mioboe.payments.gateways.till.models import Return
from mioboe.payments.models import Card
from mioboe.people.models import Address, Person, Phone, Role
from mioboe.signins.actions import note_sign_in

PASSWORD = "a-long-pass-phrase-1"
NUMBER = "+819012345678"


def customer(mail: str = "hana@customer.example", language: str = "en", token: str = "") -> Person:
    """A customer with one click on, a card, an address and a number on file for a year, who wants to approve nothing (tests/orders/
    test_approval.py is about those who do)."""
    person = Person.objects.create_user(mail, PASSWORD, name="Hana", language=language)
    card = Card.objects.create(
        person=person, token=token or f"tok-{person.pk}", brand="Visa", last4="4242", expires="09/2029"
    )
    address = Address.objects.create(
        person=person, recipient="Hana", postcode="150-0001", prefecture="Tokyo", street="Jingumae 0-0-0"
    )
    ApprovalChoice.objects.create(person=person, when=ApproveWhen.NEVER)
    OneClick.objects.create(person=person, is_on=True, card=card, address=address)
    Phone.objects.create(person=person, number=NUMBER, since=timezone.now() - timedelta(days=365))
    return person


def everything_to_undo(person: Person) -> Order:
    """An order of a film and a thing that waits to be packed, and a device that the account knows: each remedy finds something to do."""
    note_sign_in(person, None, "", "a-session-elsewhere", "")
    return ordered(person, (film(), 1), (kettle(), 1))


def agent(
    mail: str = "kaori@desk.example",
    languages: tuple[str, ...] = ("ja", "en"),
    at_once: bool = True,
    topics: tuple[str, ...] = (),
) -> Person:
    person = Person.objects.create_user(mail, PASSWORD, role=Role.AGENT, language="en")
    Duty.objects.create(agent=person, languages=list(languages), topics=list(topics), takes_at_once=at_once)
    return person


def film(slug: str = "falling-stars", price: int = 500) -> Product:
    return Product.objects.create(
        slug=slug,
        kind=Kind.FILM,
        title_ja="星降る夜に",
        title_en="Falling Stars",
        price=Money(price, JPY),
        picture="x.svg",
    )


def kettle(stock: int = 1, slug: str = "kettle") -> Product:
    return Product.objects.create(
        slug=slug,
        kind=Kind.PARCEL,
        title_ja="やかん",
        title_en="Kettle",
        price=Money(4800, JPY),
        picture="x.svg",
        stock=stock,
    )


def bought(person: Person, product: Product | None = None, press: str = "press-one") -> Order:
    return buy_with_one_click(person, product or film(), press, None)


def destination() -> Destination:
    return Destination("Hana", "150-0001", "Tokyo", "Jingumae 0-0-0")


def now() -> datetime:
    return timezone.now()


def seen(product: Product, quantity: int = 1) -> str:
    """What a page's form says that it showed for a parcel to `destination()`."""
    return offer(product, quantity, destination(), timezone.now()).seen


def settle_refunds() -> None:
    """The till pays out what it has accepted, and says so."""
    for given in Return.objects.filter(state=Return.State.PENDING):
        settle.func(ref=given.ref)


def ordered(
    person: Person, *wanted: tuple[Product, int], press: str = "press-many", reserved_only: bool = False
) -> Order:
    """A confirmed order of several lines, paid for, or with `reserved_only` authorised and not taken yet."""
    total = sum((product.price * pieces for product, pieces in wanted), Money(0, JPY))
    order = Order.objects.create(customer=person, how=HowBought.CART, press=press, card=person.cards.get(), total=total)
    for product, pieces in wanted:
        Product.objects.filter(pk=product.pk, stock__isnull=False).update(stock=F("stock") - pieces)
        line = Line.objects.create(
            order=order,
            product=product,
            title_ja=product.title_ja,
            title_en=product.title_en,
            price=product.price,
            quantity=pieces,
        )
        if product.kind == Kind.FILM:
            Access.objects.create(line=line, person=person)
    if any(product.kind == Kind.PARCEL for product, _ in wanted):
        Parcel.objects.create(order=order)
    charge = payments.ask_charge(person, order.card, total, order.ref, order.charge_key, capture_now=not reserved_only)
    payments.carry_out_charge(charge)
    assert order.change(OrderState.PLACED, OrderState.CONFIRMED)
    return order


def read(kind: str) -> Mail:
    """The one mail of this kind, with its words, as the job that sends it writes them."""
    (mail,) = read_all(kind)
    return mail


def read_all(kind: str) -> list[Mail]:
    mails = list(Mail.objects.filter(kind=kind))
    for mail in mails:
        finish_words(mail)
    return mails
