"""Cancelling, wholly and in part, and what customers undo alone."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from moneyed import JPY, Money

from mioboe.mails.models import Mail
from mioboe.orders.actions import (
    NotThatMany,
    TooLate,
    cancel_lines,
    cancel_order,
    give_back,
    hand_over,
    pack,
    revoke_access,
    undo_order,
)
from mioboe.orders.facts import OrderFacts
from mioboe.orders.jobs import give_back as give_back_job
from mioboe.orders.models import Access, AccessState, Cancellation, Line, Order, OrderState, ParcelState, Product
from mioboe.payments.gateways import Unsure
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.models import Charge, ChargeState, Refund, RefundState
from mioboe.trail.models import Entry
from tests import world

PRESS = "the-press-that-undoes"


def yen(amount: int) -> Money:
    return Money(amount, JPY)


def charge_of(order: Order) -> Charge:
    return Charge.objects.get(key=order.charge_key)


def pay_back(order: Order) -> None:
    """What the deferred jobs do."""
    for cancellation in order.cancellations.all():
        give_back_job.func(cancellation_id=cancellation.pk)


def stock_of(product: Product) -> int | None:
    return Product.objects.get(pk=product.pk).stock


def line_of(order: Order, product: Product) -> Line:
    return order.lines.get(product=product)


@pytest.mark.django_db
def test_an_unwatched_film_is_undone_at_once_and_paid_back_once():
    order = world.bought(world.customer())
    undone = undo_order(order, PRESS)
    assert undone.amount == yen(500)
    assert order.state == OrderState.CANCELLED
    assert Access.objects.get().state == AccessState.REVOKED
    pay_back(order)
    pay_back(order)
    assert charge_of(order).refunded == yen(500)
    assert Refund.objects.count() == 1
    mail = Mail.objects.get(kind="order_undone")
    assert "Falling Stars" in mail.subject and "4242" in mail.text and "¥500" in mail.text


@pytest.mark.django_db
def test_the_same_press_again_undoes_nothing_more():
    kettle = world.kettle(stock=5)
    order = world.ordered(world.customer(), (kettle, 3))
    first = undo_order(order, PRESS, {order.lines.get().pk: 1})
    again = undo_order(order, PRESS, {order.lines.get().pk: 1})
    assert [one.pk for one in first.cancellations] == [one.pk for one in again.cancellations]
    assert order.lines.get().cancelled == 1
    assert stock_of(kettle) == 3
    assert Mail.objects.filter(kind="order_undone").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "is_undone"), [(0, True), (9, True), (10, False), (3000, False)])
def test_a_few_seconds_are_a_slip_and_more_are_watching(seconds, is_undone):
    order = world.bought(world.customer())
    Access.objects.update(watched_s=seconds)
    if is_undone:
        undo_order(order, PRESS)
    else:
        with pytest.raises(TooLate):
            undo_order(order, PRESS)
    assert Access.objects.get().state == (AccessState.REVOKED if is_undone else AccessState.GRANTED)
    assert Cancellation.objects.exists() == is_undone


@pytest.mark.django_db
def test_how_much_counts_as_watched_is_the_operators_choice(settings):
    settings.MIOBOE_COUNTS_AS_WATCHED_S = 120
    order = world.bought(world.customer())
    Access.objects.update(watched_s=119)
    assert undo_order(order, PRESS).cancellations


@pytest.mark.django_db
def test_a_packed_parcel_is_too_late_for_the_customer_but_not_for_us():
    order = world.ordered(world.customer(), (world.kettle(stock=5), 2))
    assert pack(order.parcels.get())
    with pytest.raises(TooLate):
        undo_order(order, PRESS)
    assert cancel_order(order)
    assert order.parcels.get().state == ParcelState.STOPPED


@pytest.mark.django_db
def test_what_has_left_the_house_cannot_be_cancelled():
    order = world.ordered(world.customer(), (world.kettle(stock=5), 2))
    assert pack(order.parcels.get()) and hand_over(order.parcels.get())
    assert not cancel_order(order)
    with pytest.raises(TooLate):
        cancel_lines(order, {order.lines.get().pk: 1}, PRESS, gives_back=True)
    assert not Cancellation.objects.exists()


@pytest.mark.django_db
def test_what_is_too_late_stays_and_is_named():
    film, kettle = world.film(), world.kettle(stock=5)
    order = world.ordered(world.customer(), (film, 1), (kettle, 1))
    Access.objects.update(watched_s=600)
    undone = undo_order(order, PRESS)
    assert [line.product for line in undone.too_late] == [film]
    assert [one.line.product for one in undone.cancellations] == [kettle]
    order.refresh_from_db()
    assert order.state == OrderState.CONFIRMED
    assert Access.objects.get().state == AccessState.GRANTED
    assert order.parcels.get().state == ParcelState.STOPPED


@pytest.mark.django_db
def test_one_line_of_three_is_cancelled_with_its_stock_and_its_money():
    goods = [world.kettle(stock=5, slug=f"kettle-{number}") for number in range(3)]
    order = world.ordered(world.customer(), *((one, 1) for one in goods))
    cancel_lines(order, {line_of(order, goods[1]).pk: 1}, "one", gives_back=True)
    pay_back(order)
    order.refresh_from_db()
    assert order.state == OrderState.CONFIRMED
    assert [stock_of(one) for one in goods] == [4, 5, 4]
    assert order.parcels.get().state == ParcelState.WAITING
    assert charge_of(order).refunded == yen(4800)
    facts = OrderFacts(Order.objects.get(pk=order.pk))
    assert (facts.paid, facts.given_back, facts.left) == (yen(14400), yen(4800), yen(9600))
    for one in (goods[0], goods[2]):
        cancel_lines(order, {line_of(order, one).pk: 1}, f"press-{one.pk}", gives_back=True)
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert order.parcels.get().state == ParcelState.STOPPED
    pay_back(order)
    assert charge_of(order).refunded == yen(14400)
    with translation.override("en"):
        told = [entry.words for entry in Entry.objects.filter(about__contains=[order.ref]).order_by("id")]
    assert told.count("Cancelled in part: 1 piece(s)") == 2 and told.count("Order cancelled") == 1


@pytest.mark.django_db
def test_pieces_of_a_line_are_cancelled_before_the_money_is_taken_and_less_is_taken():
    order = world.ordered(world.customer(), (world.kettle(stock=5), 3), reserved_only=True)
    line = order.lines.get()
    undo_order(order, PRESS, {line.pk: 1})
    pay_back(order)
    charge = charge_of(order)
    assert (charge.state, charge.released) == (ChargeState.AUTHORISED, yen(4800))
    assert Refund.objects.get().state == RefundState.RELEASED
    assert pack(order.parcels.get()) and hand_over(order.parcels.get())
    charge.refresh_from_db()
    assert (charge.state, charge.captured) == (ChargeState.CAPTURED, yen(9600))
    facts = OrderFacts(Order.objects.get(pk=order.pk))
    assert (facts.paid, facts.given_back, facts.left) == (yen(9600), yen(4800), yen(9600))


@pytest.mark.django_db
def test_undone_before_the_money_is_taken_nothing_is_taken_at_all():
    order = world.ordered(world.customer(), (world.kettle(stock=5), 3), reserved_only=True)
    undo_order(order, PRESS)
    pay_back(order)
    assert charge_of(order).state == ChargeState.VOIDED
    assert not pack(order.parcels.get()) and not hand_over(order.parcels.get())


@pytest.mark.django_db
@pytest.mark.parametrize("pieces", [0, -1, 4, 40000])
def test_no_more_pieces_than_are_left(pieces):
    order = world.ordered(world.customer(), (world.kettle(stock=5), 3))
    with pytest.raises(NotThatMany):
        undo_order(order, PRESS, {order.lines.get().pk: pieces})
    with pytest.raises(NotThatMany):
        undo_order(order, PRESS, {})
    other = world.ordered(world.customer("ben@customer.example"), (world.film(), 1), press="others")
    with pytest.raises(NotThatMany):
        undo_order(order, PRESS, {other.lines.get().pk: 1})


@pytest.mark.django_db
def test_the_database_refuses_more_cancelled_than_ordered():
    order = world.ordered(world.customer(), (world.kettle(stock=5), 3))
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(order=order).update(cancelled=4)


@pytest.mark.django_db
def test_a_lost_answer_is_asked_again_and_pays_back_once(monkeypatch):
    order, real = world.bought(world.customer()), till.refund
    undo_order(order, PRESS)

    def answer_lost(*arguments):
        real(*arguments)
        raise Unsure

    with monkeypatch.context() as patched:
        patched.setattr(till, "refund", answer_lost)
        with pytest.raises(Unsure):
            pay_back(order)
    assert order.cancellations.get().given_back_at is None
    assert OrderFacts(order).going_back == yen(500)
    pay_back(order)
    assert order.cancellations.get().given_back_at is not None
    assert Refund.objects.count() == 1


@pytest.mark.django_db
def test_what_went_back_some_other_way_does_not_go_back_twice():
    from mioboe.payments import actions as payments

    order = world.bought(world.customer())
    undo_order(order, PRESS)
    payments.give_back(charge_of(order), yen(400), "an-agents-refund")
    pay_back(order)
    assert charge_of(order).refunded == yen(500)
    assert [int(refund.amount.amount) for refund in Refund.objects.order_by("pk")] == [400, 100]


@pytest.mark.django_db
def test_a_refused_refund_is_noted_for_the_desk(monkeypatch):
    from mioboe.payments.gateways import Declined

    def refuse(*arguments):
        raise Declined("closed card")

    order = world.bought(world.customer())
    undo_order(order, PRESS)
    monkeypatch.setattr(till, "refund", refuse)
    pay_back(order)
    pay_back(order)
    cancellation = order.cancellations.get()
    assert (cancellation.given_back_at, cancellation.problem) == (None, "closed card")
    assert Entry.objects.filter(verb="order.give_back_refused").count() == 1


@pytest.mark.django_db
def test_a_plan_that_cancels_leaves_the_money_to_its_own_refund():
    order = world.bought(world.customer())
    assert cancel_order(order)
    give_back(order.cancellations.get())
    assert charge_of(order).refunded == yen(0)
    assert revoke_access(order) == 1


@pytest.mark.django_db
def test_orders_that_never_came_about_cannot_be_undone():
    order = world.bought(world.customer(token="tok-declined"))
    with pytest.raises(TooLate):
        undo_order(order, PRESS)


# --- races -----------------------------------------------------------------------------------------------------------


def at_once(*works):
    """Runs all in threads that begin together; answers what each came to, an exception's class for one that failed."""
    begin, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            begin.wait()
            outcomes[place] = work()
        except Exception as error:
            outcomes[place] = type(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def watch(access):
    """As the watch page notes it."""
    return Access.objects.filter(pk=access.pk, state=AccessState.GRANTED).update(watched_s=600)


@pytest.mark.django_db(transaction=True)
def test_a_film_is_either_watched_or_undone():
    hana, film = world.customer(), world.film()
    for number in range(8):
        order = world.bought(hana, film, f"press-{number}")
        access = Access.objects.get(line__order=order)
        undone, watched = at_once(lambda order=order: undo_order(order, PRESS), lambda access=access: watch(access))
        access.refresh_from_db()
        order.refresh_from_db()
        if watched:
            assert undone is TooLate and access.state == AccessState.GRANTED and order.state == OrderState.CONFIRMED
        else:
            assert access.watched_s == 0 and order.state == OrderState.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_a_parcel_is_either_packed_or_undone():
    hana, kettle = world.customer(), world.kettle(stock=50)
    for number in range(8):
        order = world.ordered(hana, (kettle, 1), press=f"press-{number}")
        undone, packed = at_once(
            lambda order=order: undo_order(order, PRESS), lambda order=order: pack(order.parcels.get())
        )
        order.refresh_from_db()
        if packed:
            assert undone is TooLate and order.state == OrderState.CONFIRMED
            assert order.parcels.get().state == ParcelState.PACKED
        else:
            assert order.state == OrderState.CANCELLED and order.parcels.get().state == ParcelState.STOPPED
    sold = Order.objects.filter(state=OrderState.CONFIRMED).count()
    assert stock_of(kettle) == 50 - sold


@pytest.mark.django_db(transaction=True)
def test_a_right_is_withdrawn_once_however_many_ask_at_once():
    order = world.bought(world.customer())
    assert sorted(at_once(*(lambda: revoke_access(order) for _ in range(4)))) == [0, 0, 0, 1]
    assert Entry.objects.filter(verb="access.revoked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_cancel_and_restock_once():
    kettle = world.kettle(stock=10)
    order = world.ordered(world.customer(), (kettle, 4))
    line = order.lines.get().pk
    at_once(*(lambda number=number: undo_order(order, f"{PRESS}-{number}", {line: 2}) for number in range(5)))
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert order.lines.get().cancelled == 4
    assert stock_of(kettle) == 10
    at_once(*(lambda: pay_back(order) for _ in range(3)))
    pay_back(order)
    assert charge_of(order).refunded == yen(19200)


@pytest.mark.django_db(transaction=True)
def test_an_agent_and_the_customer_at_once_undo_once():
    kettle, film = world.kettle(stock=10), world.film()
    order = world.ordered(world.customer(), (kettle, 2), (film, 1))
    at_once(lambda: undo_order(order, PRESS), lambda: cancel_order(order), lambda: revoke_access(order))
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert stock_of(kettle) == 10
    assert Entry.objects.filter(verb="order.cancelled", about__contains=[order.ref]).count() == 1
