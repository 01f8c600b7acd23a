import pytest
from django.utils import translation
from moneyed import JPY, Money

from mioboe.orders.actions import (
    call_back,
    cancel_order,
    hand_over,
    note_delivered,
    note_returned,
    pack,
    stop_parcel,
    undo_order,
)
from mioboe.orders.jobs import give_back
from mioboe.orders.models import Order, OrderState, Parcel, ParcelState, Product
from mioboe.payments import actions as payments
from mioboe.payments.gateways import Unsure
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.gateways.till.misbehaving import next_time
from mioboe.payments.gateways.till.models import Rule
from mioboe.payments.models import Charge, ChargeState
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel() -> Parcel:
    return world.ordered(world.customer(), (world.kettle(stock=5), 2), reserved_only=True).parcels.get()


def charge_of(parcel: Parcel) -> Charge:
    return Charge.objects.get(key=parcel.order.charge_key)


def told(parcel: Parcel) -> list[str]:
    entries = Entry.objects.filter(about__contains=[parcel.order.ref], verb__startswith="parcel.")
    with translation.override("en"):
        return [entry.words for entry in entries.order_by("id")]


def test_a_parcel_goes_its_way_and_each_step_is_told_once(parcel):
    for step in (pack, hand_over, note_delivered):
        assert step(parcel) and step(parcel)
    assert parcel.state == ParcelState.DELIVERED
    assert told(parcel) == ["Parcel packed", "Parcel handed over to the carrier", "Parcel delivered"]


def test_the_money_is_taken_when_it_is_handed_over_and_not_before(parcel):
    pack(parcel)
    assert charge_of(parcel).state == ChargeState.AUTHORISED
    assert hand_over(parcel)
    assert charge_of(parcel).captured == Money(9600, JPY)


def test_a_declined_capture_holds_the_parcel(parcel):
    pack(parcel)
    next_time("capture", Rule.What.REFUSES)
    assert not hand_over(parcel)
    assert (parcel.state, bool(parcel.problem)) == (ParcelState.PACKED, True)
    assert not hand_over(parcel)  # what was reserved has lapsed
    assert "Parcel held back: the payment failed" in told(parcel)
    assert cancel_order(parcel.order)


def test_a_capture_that_is_not_heard_leaves_the_parcel_here_and_is_asked_again(parcel):
    pack(parcel)
    next_time("capture", Rule.What.ANSWER_LOST)
    with pytest.raises(Unsure):
        hand_over(parcel)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.PACKED
    assert hand_over(parcel)
    assert charge_of(parcel).captured == Money(9600, JPY)


def test_a_parcel_whose_money_went_back_does_not_leave(parcel):
    pack(parcel)
    payments.give_back(charge_of(parcel), Money(9600, JPY), "an-agents-refund")
    assert not hand_over(parcel)
    assert parcel.state == ParcelState.PACKED


def test_nothing_goes_out_of_turn(parcel):
    assert not hand_over(parcel) and not note_delivered(parcel) and not call_back(parcel)
    assert not note_returned(parcel, is_sound=True)
    assert parcel.state == ParcelState.WAITING
    assert stop_parcel(parcel, gives_back=False)
    assert not pack(parcel) and not hand_over(parcel)


@pytest.mark.parametrize("steps", [(), (pack,)])
def test_a_stopped_parcel_puts_the_stock_back_once_and_gives_the_money_back(parcel, steps):
    for step in steps:
        step(parcel)
    assert stop_parcel(parcel, gives_back=True) and stop_parcel(parcel, gives_back=True)
    assert Product.objects.get().stock == 5
    for cancellation in parcel.order.cancellations.all():
        give_back.func(cancellation_id=cancellation.pk)
    assert charge_of(parcel).state == ChargeState.VOIDED
    assert Order.objects.get().state == OrderState.CANCELLED
    assert told(parcel)[-1] == "Parcel stopped before it left"


@pytest.mark.parametrize("is_sound", [True, False])
def test_what_is_called_back_comes_back_on_the_shelf_if_it_is_sound(parcel, is_sound):
    for step in (pack, hand_over, call_back):
        assert step(parcel)
    assert not stop_parcel(parcel, gives_back=True)
    assert note_returned(parcel, is_sound) and note_returned(parcel, is_sound)
    assert Product.objects.get().stock == (5 if is_sound else 3)
    assert told(parcel)[-1] == ("Parcel came back" if is_sound else "Parcel came back damaged")


def test_what_is_called_back_too_late_is_delivered(parcel):
    for step in (pack, hand_over, call_back, note_delivered):
        assert step(parcel)
    assert not call_back(parcel)


def test_a_parcel_without_the_cancelled_pieces_is_packed(parcel):
    undo_order(parcel.order, "press-undo", {parcel.order.lines.get().pk: 1})
    assert pack(parcel)
    assert parcel.order.lines.get().left == 1
    assert hand_over(parcel) and note_delivered(parcel)
    assert note_returned(parcel, is_sound=True)
    assert Product.objects.get().stock == 5


def test_a_parcel_that_was_paid_at_once_is_handed_over_without_asking_again(monkeypatch):
    parcel = world.ordered(world.customer(), (world.kettle(stock=5), 1)).parcels.get()
    monkeypatch.setattr(till, "capture", None)
    assert pack(parcel) and hand_over(parcel)
