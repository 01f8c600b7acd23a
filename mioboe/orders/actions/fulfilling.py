"""The way of a parcel. Each verb may be called twice: it answers whether the parcel has come so far, by this call or an
earlier one; false means that it went another way."""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.orders.actions.undoing import NotThatMany, TooLate, cancel_lines, put_back_pieces
from mioboe.orders.models import Kind, Parcel, ParcelState
from mioboe.payments import actions as payments
from mioboe.payments.gateways import Declined
from mioboe.payments.models import Charge, ChargeState
from mioboe.site.live import announce
from mioboe.site.states import change_all
from mioboe.trail.actions import record

# Longer than the gateway's time limit: the job is for what was not heard, not for what is under way.
ASKED_AGAIN_AFTER_S = 15
# Told when the money of a parcel was had or refused.
PARCELS_TOPIC = "parcels"

# In which states a parcel may be found that has come so far.
_FROM_THERE_ON: dict[ParcelState, set[ParcelState]] = {
    ParcelState.RETURNED: {ParcelState.RETURNED},
    ParcelState.DELIVERED: {ParcelState.DELIVERED, ParcelState.RETURNED},
    ParcelState.CALLED_BACK: {ParcelState.CALLED_BACK, ParcelState.RETURNED},
    ParcelState.HANDED_OVER: set(ParcelState) - {ParcelState.WAITING, ParcelState.PACKED, ParcelState.STOPPED},
    ParcelState.PACKED: set(ParcelState) - {ParcelState.WAITING, ParcelState.STOPPED},
}


@transaction.atomic
def pack(parcel: Parcel) -> bool:
    """Packs what is not cancelled; from now on the customer cannot undo it alone. False where it was stopped or is held."""
    if _went_unless_held(parcel, ParcelState.PACKED, ParcelState.WAITING):
        _record("parcel.packed", parcel)
    return _has_passed(parcel, ParcelState.PACKED)


def hand_over(parcel: Parcel) -> bool:
    """Takes the money and gives the packed parcel to the carrier. Where the money cannot be had (declined, expired, given
    back) or the order is held, the parcel stays: false; its `problem` says why. Not inside a transaction, as the gateway is
    asked. Raises Unsure: nobody knows whether it is paid, so the parcel stays, and a job asks again."""
    parcel.refresh_from_db()
    if parcel.held_at:
        return _has_passed(parcel, ParcelState.HANDED_OVER)
    if parcel.state == ParcelState.PACKED and not take_the_money(parcel):
        return False
    return _note_handed_over(parcel)


def take_the_money(parcel: Parcel) -> bool:
    """Takes the money of a packed parcel; true where it is taken now, by this call or an earlier one. It stays packed, as
    only who gives it to the carrier knows when that is. Where the money cannot be had it is held. May be called any number
    of times; not inside a transaction. Raises Unsure: a job asks again, with the same key."""
    parcel.refresh_from_db()
    if parcel.state != ParcelState.PACKED:
        return False
    charge = Charge.objects.select_related("card", "person").filter(key=parcel.order.charge_key).first()
    try:
        if charge is None:
            raise payments.TooMuch("no payment was asked for")
        if charge.state != ChargeState.CAPTURED:
            _begin_charging(parcel)
            charge = payments.capture(charge)
        if charge.left.amount == 0:
            raise payments.TooMuch("all of the money was given back")
    except (Declined, payments.TooMuch) as refusal:
        _hold(parcel, str(refusal))
        return False
    _note_paid(parcel)
    return True


@transaction.atomic
def _begin_charging(parcel: Parcel) -> None:
    """With the job that asks again, before the gateway is asked: whoever asks may die before the answer."""
    packed = Parcel.objects.filter(pk=parcel.pk, state=ParcelState.PACKED, charging_since=None)
    if packed.update(charging_since=timezone.now()):
        again = app.configure_task("orders.take_the_money", schedule_in={"seconds": ASKED_AGAIN_AFTER_S})
        again.defer(parcel_id=parcel.pk)


@transaction.atomic
def _note_paid(parcel: Parcel) -> None:
    if Parcel.objects.filter(pk=parcel.pk, charging_since__isnull=False).update(charging_since=None, problem=""):
        announce(PARCELS_TOPIC)
    parcel.refresh_from_db()


@transaction.atomic
def _hold(parcel: Parcel, why: str) -> None:
    why = why[:200]
    packed = Parcel.objects.select_for_update().filter(pk=parcel.pk, state=ParcelState.PACKED).first()
    if packed is not None:
        is_news = packed.problem != why
        Parcel.objects.filter(pk=parcel.pk).update(problem=why, charging_since=None)
        if is_news:
            _record("parcel.held", parcel, why=why)
        announce(PARCELS_TOPIC)
    parcel.refresh_from_db()


@transaction.atomic
def _note_handed_over(parcel: Parcel) -> bool:
    if _went_unless_held(parcel, ParcelState.HANDED_OVER, ParcelState.PACKED, problem=""):
        _record("parcel.handed_over", parcel)
    return _has_passed(parcel, ParcelState.HANDED_OVER)


@transaction.atomic
def note_delivered(parcel: Parcel) -> bool:
    """The carrier says that it is there; also of a parcel that was called back too late."""
    if _went(parcel, ParcelState.DELIVERED, ParcelState.HANDED_OVER, ParcelState.CALLED_BACK):
        _record("parcel.delivered", parcel)
    return _has_passed(parcel, ParcelState.DELIVERED)


@transaction.atomic
def stop_parcel(parcel: Parcel, gives_back: bool) -> bool:
    """Keeps a parcel from leaving: what is in it is cancelled, the stock put back, and its money given back by a job where
    `gives_back`. False where it has left."""
    things = {line.pk: line.left for line in parcel.order.lines.filter(kind=Kind.PARCEL) if line.left}
    if things:
        with suppress(TooLate, NotThatMany):  # somebody was faster; what became of it is read below
            cancel_lines(parcel.order, things, f"stop:{parcel.pk}", gives_back)
    parcel.refresh_from_db()
    return parcel.state == ParcelState.STOPPED


@transaction.atomic
def call_back(parcel: Parcel) -> bool:
    """The carrier is asked to bring it back. False where it is still here, or there already."""
    if _went(parcel, ParcelState.CALLED_BACK, ParcelState.HANDED_OVER):
        _record("parcel.called_back", parcel)
    return _has_passed(parcel, ParcelState.CALLED_BACK)


@transaction.atomic
def note_returned(parcel: Parcel, is_sound: bool) -> bool:
    """It came back. What is sound goes back on the shelf, once. The money is given back by whoever decides that: the case's
    refund."""
    if _went(parcel, ParcelState.RETURNED, ParcelState.CALLED_BACK, ParcelState.DELIVERED):
        if is_sound:
            for line in parcel.order.lines.filter(kind=Kind.PARCEL).order_by("product_id", "pk"):
                put_back_pieces(line, line.left)
        _record("parcel.returned" if is_sound else "parcel.returned_damaged", parcel)
    return _has_passed(parcel, ParcelState.RETURNED)


def _went(parcel: Parcel, new: ParcelState, *olds: ParcelState, **facts: str) -> bool:
    return any(parcel.change(old, new, changed_at=timezone.now(), **facts) for old in olds)


def _went_unless_held(parcel: Parcel, new: ParcelState, old: ParcelState, **facts: str) -> bool:
    """Compare-and-set against whoever holds the order just now."""
    rows = Parcel.objects.filter(pk=parcel.pk, held_at=None)
    return bool(change_all(rows, old, new, changed_at=timezone.now(), **facts))


def _has_passed(parcel: Parcel, state: ParcelState) -> bool:
    parcel.refresh_from_db()
    return parcel.state in _FROM_THERE_ON[state]


def _record(verb: str, parcel: Parcel, **detail: str) -> None:
    order = parcel.order
    record(verb, [order.ref, order.customer.ref, parcel.ref], order.customer, number=order.number, **detail)
    announce(order.ref)
