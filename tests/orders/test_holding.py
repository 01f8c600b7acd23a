"""What is held does not leave; what is released goes its way."""

from contextlib import suppress

import pytest

from mioboe.orders.actions import cancel_order, finish_order, hand_over, hold_order, pack, release_order
from mioboe.orders.models import Order, OrderState, Parcel, ParcelState
from mioboe.orders.shops import Answer, own
from mioboe.payments.gateways import Unsure
from mioboe.payments.gateways.till.misbehaving import next_time
from mioboe.payments.gateways.till.models import Rule
from mioboe.payments.models import Charge, ChargeState
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel() -> Parcel:
    return world.ordered(world.customer(), (world.kettle(stock=5), 2), reserved_only=True).parcels.get()


def test_a_held_parcel_is_neither_packed_nor_handed_over(parcel):
    assert hold_order(parcel.order, "case:X") and hold_order(parcel.order, "case:Y")
    assert not pack(parcel)
    assert release_order(parcel.order) and not release_order(parcel.order)
    assert pack(parcel)
    assert hold_order(parcel.order, "case:X")
    assert not hand_over(parcel)
    assert Charge.objects.get().state == ChargeState.AUTHORISED  # no money is taken for it
    release_order(parcel.order)
    assert hand_over(parcel)
    assert not hold_order(parcel.order, "case:X")  # it has left
    assert [entry.verb for entry in Entry.objects.filter(verb__in=["order.held", "order.released"]).order_by("id")] == [
        "order.held",
        "order.released",
    ] * 2


def test_whoever_packs_while_it_is_being_held_is_too_late(parcel):
    stale = Parcel.objects.get(pk=parcel.pk)
    hold_order(parcel.order, "case:X")
    assert stale.held_at is None
    assert not pack(stale)
    assert Parcel.objects.get().state == ParcelState.WAITING


def test_an_order_whose_payment_is_under_way_is_born_held():
    next_time("authorise", Rule.What.NOT_DONE)
    with suppress(Unsure):
        world.bought(world.customer(), world.kettle())
    order = Order.objects.get()
    assert order.state == OrderState.PLACED
    assert hold_order(order, "case:X")
    finish_order(order)
    assert Parcel.objects.get().held_at and not pack(Parcel.objects.get())


def test_a_held_order_can_be_cancelled(parcel):
    hold_order(parcel.order, "case:X")
    assert cancel_order(parcel.order)
    assert not hold_order(parcel.order, "case:X")


def test_films_alone_have_nothing_to_hold():
    assert not hold_order(world.bought(world.customer()), "case:X")


def test_the_port_answers_the_same_twice(parcel):
    number = parcel.order.number
    assert [own.hold(number, "case:X", "k") for _ in range(2)] == [Answer.DONE] * 2
    assert [own.release(number, "k") for _ in range(2)] == [Answer.DONE] * 2
    assert own.hold("NOTHING1", "case:X", "k") == own.release("NOTHING1", "k") == Answer.UNKNOWN
    pack(parcel)
    hand_over(parcel)
    assert own.hold(number, "case:X", "k") == Answer.TOO_LATE
