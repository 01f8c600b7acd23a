"""Verbs that undo what was bought. Money is never moved here: where it goes back, a job does that afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from moneyed import Money
from procrastinate.contrib.django import app

from mioboe.orders.actions.cart import drop_lines
from mioboe.orders.actions.undo_mail import write_undo_mail
from mioboe.orders.models import (
    STILL_HERE,
    Access,
    AccessState,
    Approval,
    Cancellation,
    HowBought,
    Kind,
    Line,
    Order,
    OrderState,
    Parcel,
    ParcelState,
    Product,
    unwatched,
)
from mioboe.site.live import announce
from mioboe.site.states import change_all
from mioboe.trail.actions import record

# What stands in a cancellation for the press, where it is the whole order.
WHOLE = "whole"


class TooLate(Exception):
    """It was watched or packed, has left the house, or the order is not in a state that can be undone."""


class NotThatMany(Exception):
    """More pieces than are left of a line, none, or a line of another order."""


@dataclass(frozen=True)
class Undone:
    cancellations: list[Cancellation]
    too_late: list[Line]

    @property
    def amount(self) -> Money:
        """What goes back."""
        first, *others = [cancellation.amount for cancellation in self.cancellations]
        return sum(others, first)


@transaction.atomic
def undo_order(order: Order, press: str, quantities: Mapping[int, int] | None = None) -> Undone:
    """What a customer may do alone, at once: films that were not watched and things that are not packed are cancelled,
    withdrawn, and paid back by a job; a mail confirms it. `quantities` are pieces by line id, by default all that are left.
    What is too late for it stays as it is and is named. The same `press` again answers what it undid then. Raises TooLate
    where nothing could be undone, NotThatMany."""
    press = f"undo:{press}"
    locked = _locked(order)
    before = _of_press(locked, press)
    if before:
        return Undone(before, [])
    if locked.state != OrderState.CONFIRMED:
        raise TooLate
    lines = _chosen(locked, quantities)
    parcels_wait = _hold_waiting_parcels(locked) if any(not line.is_film for line, _ in lines) else False
    undone, too_late = [], []
    for line, pieces in lines:
        possible = _withdraw_unwatched(line) if line.is_film else parcels_wait
        if possible:
            undone.append((line, pieces))
        else:
            too_late.append(line)
    if not undone:
        raise TooLate
    cancellations = _cancel(locked, undone, press, gives_back=True)
    order.state = locked.state
    write_undo_mail(locked, cancellations, is_whole=locked.state == OrderState.CANCELLED)
    return Undone(cancellations, too_late)


@transaction.atomic
def cancel_lines(order: Order, quantities: Mapping[int, int], press: str, gives_back: bool) -> list[Cancellation]:
    """Cancels pieces (by line id) of what has not left the house, watched or not; the right to a film stays, see
    `revoke_access`. The money of it goes back by a job where `gives_back`. The same `press` again answers what it cancelled
    then. Raises TooLate, NotThatMany."""
    locked = _locked(order)
    before = _of_press(locked, press)
    if before:
        return before
    if locked.state != OrderState.CONFIRMED:
        raise TooLate
    lines = _chosen(locked, quantities)
    if any(not line.is_film for line, _ in lines) and not _all_here(locked):
        raise TooLate
    cancelled = _cancel(locked, lines, press, gives_back)
    order.state = locked.state
    return cancelled


@transaction.atomic
def cancel_order(order: Order) -> bool:
    """Cancels all that is left of a confirmed order, or what still waits for its approval: stops its parcels and puts the stock back; the money is the caller's
    to give back. True where it is cancelled now, by this call or an earlier one; false where a parcel has left the house or
    the order was never confirmed. May be called twice."""
    locked = _locked(order)
    if locked.state == OrderState.WAITING:
        refuse(locked)
    elif locked.state == OrderState.CONFIRMED and _all_here(locked):
        _cancel(locked, [(line, line.left) for line in _lines(locked) if line.left], WHOLE, gives_back=False)
    order.state = locked.state
    return locked.state in (OrderState.CANCELLED, OrderState.REFUSED)


def refuse(order: Order) -> bool:
    """The customer does not want what waits for the approval; in the caller's transaction. False where somebody was faster."""
    if not order.change(OrderState.WAITING, OrderState.REFUSED):
        return False
    if order.how != HowBought.ONE_CLICK:
        drop_lines(order)
    put_back(order)
    Approval.objects.filter(order=order).update(answered_at=timezone.now())
    record("approval.refused", [order.ref, order.customer.ref], order.customer, number=order.number)
    announce(order.ref)
    return True


@transaction.atomic
def revoke_access(order: Order) -> int:
    """Withdraws the right to what was bought digitally. Answers how many rights ended; a second call ends none."""
    rights = Access.objects.filter(line__in=order.lines.all())
    ended = change_all(rights, AccessState.GRANTED, AccessState.REVOKED, revoked_at=timezone.now())
    if ended:
        _tell_revoked(order)
    return ended


def put_back(order: Order) -> None:
    """Puts the stock that an order still holds back on the shelf; in the caller's transaction, once an order."""
    for line in _lines(order):
        put_back_pieces(line, line.left)


def put_back_pieces(line: Line, pieces: int) -> None:
    """Puts pieces of a line back on the shelf; in the caller's transaction, which sees to it that it is done once."""
    Product.objects.filter(pk=line.product_id, stock__isnull=False).update(stock=F("stock") + pieces)


def _locked(order: Order) -> Order:
    """Whoever undoes something of an order waits here for whoever does so already."""
    return Order.objects.select_for_update(of=["self"]).select_related("customer", "card").get(pk=order.pk)


def _of_press(order: Order, press: str) -> list[Cancellation]:
    return list(order.cancellations.filter(press=press).select_related("line").order_by("pk"))


def _lines(order: Order) -> list[Line]:
    # By product, as everybody who touches the stock of several goods takes them in this order.
    return list(order.lines.order_by("product_id", "pk"))


def _chosen(order: Order, quantities: Mapping[int, int] | None) -> list[tuple[Line, int]]:
    lines = _lines(order)
    if quantities is None:
        return [(line, line.left) for line in lines if line.left]
    chosen = [(line, quantities[line.pk]) for line in lines if line.pk in quantities]
    if len(chosen) != len(quantities) or not chosen or any(not 1 <= pieces <= line.left for line, pieces in chosen):
        raise NotThatMany
    return chosen


def _hold_waiting_parcels(order: Order) -> bool:
    """Whether every parcel waits; whoever would pack one waits until our transaction ends."""
    states = list(Parcel.objects.select_for_update().filter(order=order).values_list("state", flat=True))
    return bool(states) and all(state == ParcelState.WAITING for state in states)


def _all_here(order: Order) -> bool:
    """Whether no parcel has left; whoever would hand one over waits until our transaction ends."""
    states = list(Parcel.objects.select_for_update().filter(order=order).values_list("state", flat=True))
    return all(state in STILL_HERE or state == ParcelState.STOPPED for state in states)


def _withdraw_unwatched(line: Line) -> bool:
    """Compare-and-set against whoever watches just now: a second that counts keeps the film, or comes too late for it."""
    rights = Access.objects.filter(unwatched(), line=line)
    withdrawn = change_all(rights, AccessState.GRANTED, AccessState.REVOKED, revoked_at=timezone.now())
    if withdrawn:
        _tell_revoked(line.order)
    return bool(withdrawn)


def _tell_revoked(order: Order) -> None:
    record("access.revoked", [order.ref, order.customer.ref], order.customer, number=order.number)
    announce(order.ref, access=AccessState.REVOKED)  # a page that plays stops at once


def _cancel(order: Order, pieces: list[tuple[Line, int]], press: str, gives_back: bool) -> list[Cancellation]:
    """Writes it down, puts the stock back, stops parcels with nothing left in them, and takes the order along."""
    cancelled = []
    for line, number in pieces:
        Line.objects.filter(pk=line.pk).update(cancelled=F("cancelled") + number)  # the order is locked: we are alone
        put_back_pieces(line, number)
        cancelled.append(
            Cancellation.objects.create(
                order=order,
                line=line,
                quantity=number,
                amount=line.price * number,
                press=press,
                gives_back=gives_back,
            )
        )
    if gives_back:
        for cancellation in cancelled:
            app.configure_task("orders.give_back").defer(cancellation_id=cancellation.pk)
    left = Line.objects.filter(order=order, cancelled__lt=F("quantity"))
    if not left.filter(kind=Kind.PARCEL).exists():
        _stop_parcels(order)
    about = [order.ref, order.customer.ref]
    if left.exists():
        total = sum(number for _, number in pieces)
        record("order.cancelled_in_part", about, order.customer, number=order.number, pieces=total)
    elif order.change(OrderState.CONFIRMED, OrderState.CANCELLED):
        record("order.cancelled", about, order.customer, number=order.number)
    announce(order.ref)
    return cancelled


def _stop_parcels(order: Order) -> None:
    for parcel in order.parcels.filter(state__in=STILL_HERE):
        if parcel.change(parcel.state, ParcelState.STOPPED, changed_at=timezone.now()):
            record("parcel.stopped", [order.ref, order.customer.ref, parcel.ref], order.customer, number=order.number)
