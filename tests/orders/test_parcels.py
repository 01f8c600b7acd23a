import pytest
from django.db import connection
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
from mioboe.orders.jobs import take_the_money as take_the_money_job
from mioboe.orders.models import Order, OrderState, Parcel, ParcelState, Product
from mioboe.payments import actions as payments
from mioboe.payments.gateways import Declined, Unsure
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


class TestMoneyThatIsNotHeardOf:
    @pytest.fixture
    def unsure(self, parcel) -> Parcel:
        pack(parcel)
        next_time("capture", Rule.What.ANSWER_LOST)
        with pytest.raises(Unsure):
            hand_over(parcel)
        parcel.refresh_from_db()
        assert parcel.charging_since
        return parcel

    def jobs(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'orders.take_the_money'")
            return cursor.fetchone()[0]

    def test_a_job_asks_again_with_the_same_key_and_the_parcel_waits_for_the_carrier(self, unsure, monkeypatch):
        asked = []
        real = till.capture
        monkeypatch.setattr(till, "capture", lambda key, *rest: asked.append(key) or real(key, *rest))
        assert self.jobs() == 1
        for _ in range(2):
            take_the_money_job.func(parcel_id=unsure.pk)
        unsure.refresh_from_db()
        assert (unsure.state, unsure.charging_since, unsure.problem) == (ParcelState.PACKED, None, "")
        assert charge_of(unsure).captured == Money(9600, JPY)
        assert asked == [f"{unsure.order.charge_key}:capture"]
        assert hand_over(unsure)
        assert len(asked) == 1

    def test_while_it_is_not_heard_the_job_goes_on_asking(self, unsure, monkeypatch):
        def silent(*arguments):
            raise Unsure

        with monkeypatch.context() as patched:
            patched.setattr(till, "capture", silent)
            with pytest.raises(Unsure):
                take_the_money_job.func(parcel_id=unsure.pk)
            with pytest.raises(Unsure):
                hand_over(unsure)
        assert self.jobs() == 1  # one job asks, however often somebody presses
        take_the_money_job.func(parcel_id=unsure.pk)
        assert hand_over(unsure)

    def test_a_refusal_that_the_job_hears_holds_the_parcel(self, unsure, monkeypatch):
        def refuses(*arguments):
            raise Declined("expired_card")

        monkeypatch.setattr(till, "capture", refuses)
        take_the_money_job.func(parcel_id=unsure.pk)
        unsure.refresh_from_db()
        assert (unsure.charging_since, unsure.problem) == (None, "expired_card")
        assert told(unsure)[-1] == "Parcel held back: the payment failed"
        assert not hand_over(unsure)

    def test_whoever_asks_and_dies_is_followed_by_the_job(self, parcel, monkeypatch):
        class Killed(BaseException):
            pass

        def killed(*arguments):
            raise Killed

        pack(parcel)
        with monkeypatch.context() as patched:
            patched.setattr(till, "capture", killed)
            with pytest.raises(Killed):
                hand_over(parcel)
        take_the_money_job.func(parcel_id=parcel.pk)
        assert charge_of(parcel).state == ChargeState.CAPTURED

    def test_a_parcel_that_was_stopped_meanwhile_gives_back_what_was_taken(self, unsure):
        assert stop_parcel(unsure, gives_back=True)
        take_the_money_job.func(parcel_id=unsure.pk)
        for cancellation in unsure.order.cancellations.all():
            give_back.func(cancellation_id=cancellation.pk)
        assert charge_of(unsure).left == Money(0, JPY)
        assert unsure.state == ParcelState.STOPPED
