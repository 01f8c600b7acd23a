"""Approve, refuse and lapse in three connections at once: exactly one wins, and the money and the stock say which."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from mioboe.mails.models import Mail
from mioboe.orders.actions import NotWaiting, approve_order, buy_with_one_click, lapse_approvals, refuse_order
from mioboe.orders.models import Approval, ApprovalChoice, ApproveWhen, Order, Product
from mioboe.payments.models import Charge
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12
LAST_MOMENT = timedelta(milliseconds=30)


def at_once(*acts) -> None:
    gate = threading.Barrier(len(acts))
    raised: list[BaseException] = []

    def run(act) -> None:
        try:
            gate.wait()
            act()
        except NotWaiting:
            pass
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def waiting(number: int) -> Order:
    hana = world.customer(f"hana{number}@customer.example")
    ApprovalChoice.objects.filter(person=hana).update(when=ApproveWhen.ALWAYS)
    product = Product.objects.filter(slug="kettle").first() or world.kettle(stock=ROUNDS)
    order = buy_with_one_click(hana, product, f"the-press-{number}", None)
    assert order.state == "waiting"
    return order


def fresh(order: Order) -> Order:
    return Order.objects.select_related("customer", "card").get(pk=order.pk)


def test_exactly_one_of_yes_no_and_too_late_wins():
    won = []
    for number in range(ROUNDS):
        order = waiting(number)
        Approval.objects.filter(order=order).update(expires_at=timezone.now() + LAST_MOMENT * (number % 2))
        at_once(
            lambda order=order: approve_order(fresh(order), "link"),
            lambda order=order: refuse_order(fresh(order)),
            lapse_approvals,
        )
        state = fresh(order).state
        won.append(state)
        answers = Entry.objects.filter(
            about__contains=[order.ref], verb__in=("approval.given", "approval.refused", "approval.lapsed")
        )
        assert answers.count() == (0 if state == "waiting" else 1)
        charges = Charge.objects.filter(reference=order.ref)
        assert [charge.state for charge in charges] == (["authorised"] if state == "confirmed" else [])
        confirmed = Mail.objects.filter(kind="order_confirmed", about__contains=[order.ref])
        assert confirmed.count() == (1 if state == "confirmed" else 0)
    assert set(won) <= {"confirmed", "refused", "lapsed"}
    assert Product.objects.get().stock == ROUNDS - won.count("confirmed")


def test_approved_by_four_at_once_it_is_charged_once():
    order = waiting(0)
    at_once(*[lambda: approve_order(fresh(order), "link")] * 4)
    assert fresh(order).state == "confirmed" and Charge.objects.count() == 1
    assert Mail.objects.filter(kind="order_confirmed").count() == 1
