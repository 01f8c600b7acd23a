"""The last pieces, and everybody wants them: real threads, each with a connection of its own."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.db.models import F, Sum
from moneyed import JPY, Money

from mioboe.orders.actions import Buyer, SoldOut, buy_with_one_click, cart_of, check_out, offers_of, put_in_cart
from mioboe.orders.actions.placing import write_order
from mioboe.orders.models import (
    ApprovalChoice,
    ApproveWhen,
    CartLine,
    HowBought,
    Kind,
    Line,
    OneClick,
    Order,
    OrderState,
    Product,
)
from mioboe.orders.refusals import EmptyCart, NotBought
from mioboe.payments.models import Card, Charge, ChargeState
from mioboe.people.models import Address, Person
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS, PIECES, ROUNDS = 200, 50, 20
# A server has 100 connections as PostgreSQL comes, and the tests of the other process want some, too.
AT_ONCE = 48


@pytest.fixture
def crowd() -> Iterator[Callable[[list[Callable[[], object]]], list[object]]]:
    """Does all of these at once; answers what each answered or raised."""
    threads = ThreadPoolExecutor(AT_ONCE)

    def result(act: Callable[[], object]) -> object:
        try:
            return act()
        except NotBought as refusal:
            return refusal

    yield lambda acts: list(threads.map(result, acts))
    gate = threading.Barrier(AT_ONCE)

    def hang_up() -> None:
        gate.wait()  # each thread gets one of these
        connections.close_all()

    for done in [threads.submit(hang_up) for _ in range(AT_ONCE)]:
        done.result()
    threads.shutdown()


def buyers(count: int) -> list[Person]:
    """Customers with one click on, made in a few statements: passwords take time and nobody signs in."""
    people = Person.objects.bulk_create(
        Person(email=f"buyer{n}@customer.example", password="!", language="en") for n in range(count)
    )
    cards = Card.objects.bulk_create(
        Card(person=one, token=f"tok-{one.pk}", brand="Visa", last4="4242", expires="09/2029") for one in people
    )
    addresses = Address.objects.bulk_create(
        Address(person=one, recipient="B", postcode="150-0001", prefecture="Tokyo", street="1-1") for one in people
    )
    ApprovalChoice.objects.bulk_create(ApprovalChoice(person=one, when=ApproveWhen.NEVER) for one in people)
    OneClick.objects.bulk_create(
        OneClick(person=one, is_on=True, card=card, address=address)
        for one, card, address in zip(people, cards, addresses, strict=True)
    )
    return people


def things(count: int, stock: int) -> list[Product]:
    return [
        Product.objects.create(
            slug=f"thing-{n}",
            kind=Kind.PARCEL,
            title_ja=f"品{n}",
            title_en=f"Thing {n}",
            price=Money(100 + n, JPY),
            picture="x.svg",
            stock=stock,
        )
        for n in range(count)
    ]


def test_200_buyers_get_the_last_50_pieces_once_each_time(crowd):
    people = buyers(BUYERS)
    for number, product in enumerate(things(ROUNDS, PIECES)):
        random.shuffle(people)
        results = crowd(
            [
                lambda one=one: buy_with_one_click(one, product, f"press-{number}-{one.pk}", None)  # noqa: B023
                for one in people
            ]
        )
        bought = [result for result in results if isinstance(result, Order)]
        assert Counter(type(result) for result in results) == {Order: PIECES, SoldOut: BUYERS - PIECES}
        assert {order.state for order in bought} == {OrderState.CONFIRMED}
        orders = Order.objects.filter(lines__product=product)
        assert orders.count() == PIECES
        charges = Charge.objects.filter(reference__in=[order.ref for order in orders])
        assert charges.exclude(state__in=(ChargeState.ASKED, ChargeState.DECLINED)).count() == PIECES == charges.count()
        assert Product.objects.get(pk=product.pk).stock == 0


def test_one_press_sent_by_many_hands_at_once_buys_once(crowd):
    hana, kettle = world.customer(), world.kettle(stock=50)
    results = crowd([lambda: buy_with_one_click(hana, kettle, "the-press", None)] * AT_ONCE)
    assert len({result.pk for result in results}) == 1
    assert Order.objects.count() == Charge.objects.count() == 1
    assert Product.objects.get(pk=kettle.pk).stock == 49


def test_carts_with_the_same_things_in_another_order_never_wait_in_a_circle(crowd):
    goods = things(6, stock=20)
    people = buyers(40)
    acts = []
    for n, one in enumerate(people):
        cart = cart_of(one)
        for product in goods if n % 2 else reversed(goods):
            put_in_cart(cart, product)
        choice = OneClick.objects.get(person=one)
        buyer = Buyer(one, HowBought.CART, choice.card, world.destination())
        seen = [offer.seen for offer in offers_of(cart, buyer.destination, world.now())]
        acts.append(lambda cart=cart, buyer=buyer, seen=seen: check_out(cart, buyer, f"press-{buyer.person.pk}", seen))
    results = crowd(acts)
    assert sum(isinstance(result, list) for result in results) == 20
    assert Line.objects.aggregate(pieces=Sum("quantity"))["pieces"] == 120
    assert not Product.objects.exclude(stock=0).exists()


def test_two_tabs_pay_for_one_cart_once(crowd):
    hana = world.customer()
    cart = cart_of(hana)
    put_in_cart(cart, world.kettle(stock=50), 2)
    buyer = Buyer(hana, HowBought.CART, hana.cards.get(), world.destination())
    seen = [offer.seen for offer in offers_of(cart, buyer.destination, world.now())]
    results = crowd([lambda n=n: check_out(cart, buyer, f"the-press-{n}", seen) for n in range(20)])
    assert Counter(type(result) for result in results) == {list: 1, EmptyCart: 19}
    assert Order.objects.count() == 1
    assert not CartLine.objects.exists()


def test_a_placed_order_survives_whoever_dies_between_commit_and_charge(monkeypatch):
    """The process dies right after the commit: a job finds the order and pays for it."""
    from mioboe.orders.actions import one_click
    from mioboe.orders.actions.buying import LOOK_AGAIN_AFTER
    from mioboe.orders.jobs import look_again, see_order_through

    hana, kettle = world.customer(), world.kettle(stock=1)

    def die(order: Order) -> None:
        raise SystemExit

    monkeypatch.setattr(one_click, "finish_order", die)
    with pytest.raises(SystemExit):
        buy_with_one_click(hana, kettle, "the-press", None)
    monkeypatch.undo()
    order = Order.objects.get()
    assert order.state == OrderState.PLACED
    Order.objects.update(placed_at=F("placed_at") - LOOK_AGAIN_AFTER)
    look_again.func(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'orders.see_order_through'")
        assert cursor.fetchall() == [(f'{{"order_id": {order.pk}}}',)]
    for _ in range(2):
        see_order_through.func(order_id=order.pk)
    order.refresh_from_db()
    assert order.state == OrderState.CONFIRMED
    assert Charge.objects.count() == 1


def test_what_fails_before_the_commit_leaves_nothing(monkeypatch):
    from mioboe.orders.actions import one_click

    hana, kettle = world.customer(), world.kettle(stock=1)

    def die_after(*arguments):
        write_order(*arguments)
        raise SystemExit

    monkeypatch.setattr(one_click, "write_order", die_after)
    with pytest.raises(SystemExit):
        buy_with_one_click(hana, kettle, "the-press", None)
    assert not Order.objects.exists() and not Charge.objects.exists()
    assert Product.objects.get().stock == 1
