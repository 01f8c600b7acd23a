"""What every gateway must do, whichever it is."""

from datetime import timedelta

import pytest
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.payments.actions import (
    ask_charge,
    begin_card,
    capture,
    carry_out_charge,
    finish_card,
    give_back,
    refund,
    void,
)
from mioboe.payments.gateways import Declined, Unsure
from mioboe.payments.models import Card, Charge, ChargeState, Refund, RefundState
from tests import world

TROUBLES = ["answer_lost", "not_done", "broken"]


def yen(amount: int) -> Money:
    return Money(amount, JPY)


def paid(port, acquirer, amount=1000, key="pay", capture_now=True):
    return port.authorise(key, acquirer.fine, yen(amount), "order:X", capture_now)


def asked(acquirer, capture_now=True, token="") -> Charge:
    hana = world.customer(token=token or acquirer.fine)
    return ask_charge(hana, Card.objects.get(), yen(1000), "order:X", "the-charge", capture_now)


def a_day_later(charge: Charge, acquirer) -> Charge:
    """The gateway has forgotten its keys by then."""
    acquirer.forget_keys()
    Charge.objects.filter(pk=charge.pk).update(asked_at=timezone.now() - timedelta(days=1))
    return Charge.objects.get(pk=charge.pk)


def test_what_is_reserved_is_taken_once(port, acquirer):
    payment = paid(port, acquirer, capture_now=False)
    assert (payment.state, payment.captured) == ("authorised", yen(0))
    port.capture("c", payment.gateway_ref, yen(700))
    port.capture("c", payment.gateway_ref, yen(700))
    port.capture("another key", payment.gateway_ref, yen(700))
    assert port.find_payment("pay", acquirer.fine).captured == yen(700)
    with pytest.raises(Declined):
        port.capture("yet another", payment.gateway_ref, yen(300))


def test_no_more_is_taken_than_is_reserved(port, acquirer):
    payment = paid(port, acquirer, capture_now=False)
    with pytest.raises(Declined):
        port.capture("c", payment.gateway_ref, yen(1001))
    assert port.find_payment("pay", acquirer.fine).state == "authorised"


def test_what_is_voided_is_never_taken(port, acquirer):
    payment = paid(port, acquirer, capture_now=False)
    port.void("v", payment.gateway_ref)
    port.void("v", payment.gateway_ref)
    port.void("another key", payment.gateway_ref)
    with pytest.raises(Declined):
        port.capture("c", payment.gateway_ref, yen(1000))
    assert port.find_payment("pay", acquirer.fine).state == "ended"


def test_what_is_taken_is_not_voided(port, acquirer):
    with pytest.raises(Declined):
        port.void("v", paid(port, acquirer).gateway_ref)


def test_the_same_key_is_the_same_payment(port, acquirer):
    assert paid(port, acquirer) == paid(port, acquirer)
    assert acquirer.payments() == 1


def test_a_key_is_not_used_for_something_else(port, acquirer):
    payment = paid(port, acquirer)
    with pytest.raises(Declined):
        paid(port, acquirer, amount=999)
    port.refund("r", payment.gateway_ref, yen(300), "order:X")
    with pytest.raises(Declined):
        port.refund("r", payment.gateway_ref, yen(301), "order:X")
    assert acquirer.refunds() == [300]


def test_a_payment_is_refunded_in_parts_and_no_further(port, acquirer):
    ref = paid(port, acquirer).gateway_ref
    first = port.refund("one", ref, yen(300), "order:X")
    assert port.refund("one", ref, yen(300), "order:X") == first
    port.refund("two", ref, yen(600), "order:X")
    with pytest.raises(Declined):
        port.refund("three", ref, yen(101), "order:X")
    port.refund("four", ref, yen(100), "order:X")
    with pytest.raises(Declined):
        port.refund("five", ref, yen(1), "order:X")
    assert sorted(acquirer.refunds()) == [100, 300, 600]


def test_no_more_is_refunded_than_was_taken_of_what_was_reserved(port, acquirer):
    payment = paid(port, acquirer, capture_now=False)
    with pytest.raises(Declined):
        port.refund("early", payment.gateway_ref, yen(1), "order:X")
    port.capture("c", payment.gateway_ref, yen(400))
    with pytest.raises(Declined):
        port.refund("r", payment.gateway_ref, yen(401), "order:X")


def test_a_payment_that_nobody_made_is_not_found(port, acquirer):
    assert port.find_payment("never", acquirer.fine) is None
    assert port.find_refund("never", paid(port, acquirer).gateway_ref) is None


def test_a_declined_card_takes_nothing(port, acquirer):
    charge = carry_out_charge(asked(acquirer, token=acquirer.declined))
    assert charge.state == ChargeState.DECLINED and charge.problem
    assert charge.captured == yen(0)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("days_pass", [False, True])
def test_a_charge_that_was_not_heard_is_made_once(port, acquirer, trouble, days_pass):
    charge = asked(acquirer)
    acquirer.next_time("authorise", trouble)
    with pytest.raises(Unsure):
        carry_out_charge(charge)
    charge = a_day_later(charge, acquirer) if days_pass else Charge.objects.get()
    assert carry_out_charge(charge).state == ChargeState.CAPTURED
    assert acquirer.payments() == 1


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("days_pass", [False, True])
def test_a_refund_that_was_not_heard_is_made_once(port, acquirer, trouble, days_pass):
    charge = carry_out_charge(asked(acquirer))
    acquirer.next_time("refund", trouble)
    with pytest.raises(Unsure):
        refund(charge, yen(400), "key")
    if days_pass:
        charge = a_day_later(charge, acquirer)
    assert refund(charge, yen(400), "key").state == RefundState.PENDING
    assert acquirer.refunds() == [400]


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("days_pass", [False, True])
def test_a_capture_that_was_not_heard_is_made_once(port, acquirer, trouble, days_pass):
    charge = carry_out_charge(asked(acquirer, capture_now=False))
    acquirer.next_time("capture", trouble)
    with pytest.raises(Unsure):
        capture(charge, yen(600))
    if days_pass:
        charge = a_day_later(charge, acquirer)
    charge = capture(charge)
    assert (charge.state, charge.captured, charge.released) == (ChargeState.CAPTURED, yen(600), yen(400))
    assert port.find_payment(charge.key, acquirer.fine).captured == yen(600)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("days_pass", [False, True])
def test_a_void_that_was_not_heard_is_seen_through_by_the_same_key(port, acquirer, trouble, days_pass):
    charge = carry_out_charge(asked(acquirer, capture_now=False))
    acquirer.next_time("void", trouble)
    with pytest.raises(Unsure):
        give_back(charge, yen(1000), "key")
    if days_pass:
        charge = a_day_later(charge, acquirer)
    assert give_back(charge, yen(1000), "key").state == RefundState.RELEASED
    assert Charge.objects.get().state == ChargeState.VOIDED
    assert void(charge).state == ChargeState.VOIDED
    assert Refund.objects.count() == 1 and acquirer.refunds() == []


def test_a_refund_settles_later(acquirer, port):
    charge = carry_out_charge(asked(acquirer))
    assert refund(charge, yen(400), "key").state == RefundState.PENDING
    acquirer.settle()
    acquirer.settle()
    assert refund(charge, yen(400), "key").state == RefundState.SETTLED


def test_a_card_is_saved_without_its_number_ever_arriving(acquirer, port):
    hana = world.customer()
    ref = acquirer.enter_card(begin_card(hana, "https://shop.example/cards/"))
    card = finish_card(hana, ref)
    assert (card.brand, card.last4, card.expires, card.person) == ("Visa", "4242", "09/2029", hana)
    assert finish_card(hana, ref) == card
    with pytest.raises(Declined):
        finish_card(world.customer("ben@customer.example"), ref)


def test_no_card_is_saved_where_none_was_entered(acquirer, port):
    hana = world.customer()
    address = begin_card(hana, "https://shop.example/cards/")
    with pytest.raises(Declined):
        finish_card(hana, address.rstrip("/").rsplit("/", 1)[1])
