import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mioboe.mails.models import Mail
from mioboe.orders.actions import OneClickOff, SoldOut, block_one_click, buy_with_one_click, cancel_order, revoke_access
from mioboe.orders.actions.buying import LOOK_AGAIN_AFTER
from mioboe.orders.jobs import look_again, see_order_through
from mioboe.orders.models import Access, AccessState, Order, OrderState, Product
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.gateways.till.models import Payment
from mioboe.payments.models import Charge, ChargeState
from tests import world

pytestmark = pytest.mark.django_db


def test_one_press_buys_once_however_often_it_is_sent():
    hana, film = world.customer(), world.film()
    first = buy_with_one_click(hana, film, "the-press", None)
    again = buy_with_one_click(hana, film, "the-press", None)
    assert first == again
    assert Order.objects.count() == Charge.objects.count() == Payment.objects.count() == 1


def test_a_film_is_confirmed_charged_granted_and_mailed():
    order = world.bought(world.customer())
    assert order.state == OrderState.CONFIRMED
    assert Charge.objects.get(reference=order.ref).state == ChargeState.CAPTURED
    assert Access.objects.get(line__order=order).state == AccessState.GRANTED
    mail = world.read("order_confirmed")
    assert "Falling Stars" in mail.subject
    assert "/help/not-me/" in mail.text and "/help/not-me/" in mail.html
    assert "4242" in mail.text


def test_a_declined_card_gives_nothing_and_puts_the_stock_back():
    kettle = world.kettle(stock=1)
    order = buy_with_one_click(world.customer(token="tok-declined"), kettle, "the-press", None)
    assert order.state == OrderState.DECLINED
    assert Product.objects.get(pk=kettle.pk).stock == 1
    assert not Mail.objects.exists()


def test_the_last_piece_is_sold_once():
    kettle = world.kettle(stock=1)
    buy_with_one_click(world.customer(), kettle, "press-one", None)
    with pytest.raises(SoldOut):
        buy_with_one_click(world.customer("ben@customer.example"), kettle, "press-two", None)
    assert Order.objects.count() == 1


def test_one_click_that_is_off_buys_nothing():
    hana = world.customer()
    assert block_one_click(hana)
    with pytest.raises(OneClickOff):
        buy_with_one_click(hana, world.film(), "the-press", None)
    assert not Order.objects.exists()


def jobs(task: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [task])
        return [json.loads(arguments) for (arguments,) in cursor.fetchall()]


def test_a_lost_answer_of_the_gateway_is_asked_again_and_charges_once(monkeypatch):
    real = till.authorise

    def answer_lost(*arguments):
        real(*arguments)
        raise till_unsure("no answer")

    from mioboe.payments.gateways import Unsure as till_unsure

    monkeypatch.setattr(till, "authorise", answer_lost)
    order = world.bought(world.customer())
    assert order.state == OrderState.PLACED
    monkeypatch.setattr(till, "authorise", real)
    look_again.func(timestamp=0)
    assert jobs("orders.see_order_through") == [], "its buyer may still be waiting for the gateway"
    Order.objects.update(placed_at=timezone.now() - LOOK_AGAIN_AFTER)
    for _ in range(2):
        look_again.func(timestamp=0)
    assert jobs("orders.see_order_through") == [{"order_id": order.pk}], "found twice, it is seen through once"
    see_order_through.func(order_id=order.pk)
    order.refresh_from_db()
    assert order.state == OrderState.CONFIRMED
    assert Payment.objects.count() == 1
    assert Mail.objects.filter(kind="order_confirmed").count() == 1


def test_cancelling_twice_puts_the_stock_back_once():
    kettle = world.kettle(stock=5)
    order = world.bought(world.customer(), kettle)
    assert cancel_order(order) and cancel_order(order)
    assert Product.objects.get(pk=kettle.pk).stock == 5
    assert order.parcels.get().state == "stopped"


def test_a_declined_order_cannot_be_cancelled():
    order = world.bought(world.customer(token="tok-declined"))
    assert not cancel_order(order)
    order.refresh_from_db()
    assert order.state == OrderState.DECLINED


def test_access_ends_once():
    order = world.bought(world.customer())
    assert revoke_access(order) == 1
    assert revoke_access(order) == 0


def test_the_database_refuses_an_unknown_state():
    order = world.bought(world.customer())
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(state="lost")
