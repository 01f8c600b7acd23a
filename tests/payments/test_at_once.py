"""Many hands at one charge at once, on the real database: whatever they do in whatever order, never more is given back than
was taken, nothing is given back twice, and the ledger agrees with the till's own books."""

import threading
from contextlib import suppress
from itertools import count

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from moneyed import JPY, Money

from mioboe.payments.actions import TooMuch, ask_charge, capture, carry_out_charge, give_back, refund, void
from mioboe.payments.gateways import Declined
from mioboe.payments.gateways.till.models import Payment, Return
from mioboe.payments.ledger_check import differences
from mioboe.payments.models import Card, Charge, ChargeState, Refund, RefundState
from mioboe.people.models import Person
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
AMOUNT = 1000
_numbers = count(1)

amounts = some.integers(1, AMOUNT)
keys = some.sampled_from(["a", "b", "c"])
givings = some.tuples(some.sampled_from(["refund", "give_back"]), amounts, keys)
takings = some.one_of(
    some.tuples(some.just("capture"), some.one_of(some.none(), amounts), keys),
    some.tuples(some.just("void"), some.none(), keys),
)
in_threads = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def hana() -> Person:
    return world.customer()


def charge_of(hana: Person, capture_now: bool) -> Charge:
    number = next(_numbers)
    card = Card.objects.get(person=hana)
    reference = f"order:T{number}"
    return carry_out_charge(ask_charge(hana, card, Money(AMOUNT, JPY), reference, f"at-once-{number}", capture_now))


def all_at_once(charge: Charge, deeds: list[tuple[str, int | None, str]]) -> None:
    start = threading.Barrier(len(deeds))
    faults: list[BaseException] = []

    def one(verb: str, amount: int | None, key: str) -> None:
        try:
            mine = Charge.objects.select_related("card", "person").get(pk=charge.pk)
            money = Money(amount, JPY) if amount else None
            start.wait()
            with suppress(TooMuch, Declined):
                if verb == "capture":
                    capture(mine, money)
                elif verb == "void":
                    void(mine)
                elif money is not None:
                    {"refund": refund, "give_back": give_back}[verb](mine, money, f"{charge.key}-{key}")
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults


def adds_up(charge: Charge) -> None:
    charge.refresh_from_db()
    book = Payment.objects.get(ref=charge.gateway_ref)
    refunds = Refund.objects.filter(charge=charge)
    paid_back = sum(each.amount.amount for each in refunds if each.state in (RefundState.PENDING, RefundState.SETTLED))
    returned = Return.objects.filter(payment=book).aggregate(total=Sum("amount"))["total"] or 0
    assert charge.captured + charge.released <= charge.amount
    assert charge.refunded.amount == paid_back == returned == book.refunded <= charge.captured.amount == book.captured
    assert (charge.state == ChargeState.CAPTURED) == (book.state == Payment.State.CAPTURED)
    assert (charge.state == ChargeState.VOIDED) == (book.state == Payment.State.VOIDED)
    assert list(differences()) == []


@in_threads
@given(deeds=some.lists(givings, min_size=2, max_size=5))
def test_partial_refunds_at_once_never_exceed_what_was_taken(hana, deeds):
    charge = charge_of(hana, capture_now=True)
    all_at_once(charge, deeds)
    adds_up(charge)


@in_threads
@given(deeds=some.lists(some.one_of(givings, takings), min_size=2, max_size=6))
def test_captures_voids_and_givings_back_at_once_agree_with_the_till(hana, deeds):
    charge = charge_of(hana, capture_now=False)
    all_at_once(charge, deeds)
    adds_up(charge)


def test_one_key_gives_back_once_however_many_press(hana):
    charge = charge_of(hana, capture_now=True)
    all_at_once(charge, [("give_back", 400, "a")] * 6)
    adds_up(charge)
    assert charge.refunded == Money(400, JPY)


def test_a_charge_is_carried_out_once_by_many(hana):
    card = Card.objects.get(person=hana)
    asked = ask_charge(hana, card, Money(AMOUNT, JPY), "order:MANY", "carried-out-by-many")
    start = threading.Barrier(5)

    def one() -> None:
        mine = Charge.objects.get(pk=asked.pk)
        start.wait()
        carry_out_charge(mine)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    adds_up(asked)
    assert Payment.objects.count() == 1
