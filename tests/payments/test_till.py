"""The till behaves like an acquirer: its page, its cards, its time."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from mioboe.payments.actions import TooMuch, ask_charge, capture, carry_out_charge, finish_card, give_back, refund
from mioboe.payments.gateways import Declined, Unsure
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.gateways.till.jobs import expire
from mioboe.payments.gateways.till.misbehaving import behave, next_time
from mioboe.payments.gateways.till.models import CardOnFile, CardPage, Payment, Rule
from mioboe.payments.gateways.till.numbers import TEST_CARDS, Behaviour, is_card_number
from mioboe.payments.models import Card, Charge, ChargeState, Refund, RefundState
from mioboe.people.models import Person
from tests import world
from tests.payments.test_refunds import yen

pytestmark = pytest.mark.django_db
BACK = "https://shop.example/cards/?from=cart"


def page_for(person: Person) -> str:
    return "/" + till.begin_card(person.ref, BACK).split("/", 3)[3]


def entered(client, person: Person, number: str) -> Card:
    response = client.post(page_for(person), {"number": number, "expires": "09/29"})
    return finish_card(person, response["Location"].split("card=")[1])


def test_the_page_goes_back_to_the_shop_with_what_it_is_asked_for(client):
    hana = world.customer()
    path = page_for(hana)
    assert client.get(path).status_code == 200
    assert not CardOnFile.objects.exists()
    first = client.post(path, {"number": "5555 5555 5555 4444", "expires": "09/2029"})
    again = client.post(path, {"number": "4242 4242 4242 4242", "expires": "09/2029"})
    assert first["Location"] == again["Location"] and first["Location"].startswith(BACK + "&card=page_")
    assert (CardOnFile.objects.get().brand, CardOnFile.objects.get().last4) == ("Mastercard", "4444")


@pytest.mark.parametrize(
    ("number", "expires", "words"),
    [
        ("4242424242424241", "09/29", "a digit is missing or wrong"),
        ("4111111111111111", "09/29", "test cards only"),
        ("4242424242424242", "13/29", "month and year"),
        ("4242424242424242", "09/20", "has expired"),
        ("", "", "required"),
        ("４２４２４２４２４２４２４２４２", "09/29", "a digit is missing or wrong"),
        ("4" * 400, "9" * 400, "at most"),
    ],
)
def test_a_wrong_card_is_refused_in_words_and_not_kept(client, number, expires, words):
    response = client.post(
        page_for(world.customer()), {"number": number, "expires": expires}, headers={"accept-language": "en"}
    )
    assert response.status_code == 422 and words in response.content.decode()
    assert not CardOnFile.objects.exists() and CardPage.objects.get().token == ""


def test_no_card_number_is_kept_anywhere(client):
    entered(client, world.customer(), "4242424242424242")
    for row in (*CardOnFile.objects.values(), *CardPage.objects.values(), *Card.objects.values()):
        assert "424242424242" not in str(row)


def test_an_unknown_page_is_not_found(client):
    assert client.get("/till/cards/page_x/").status_code == 404


def test_every_test_card_is_a_card_number():
    assert all(is_card_number(number) for number in TEST_CARDS)


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [(Behaviour.DECLINED, "declined"), (Behaviour.NO_FUNDS, "insufficient"), (Behaviour.EXPIRED, "expired")],
)
def test_a_card_that_is_refused_says_why(client, behaviour, why):
    hana = world.customer()
    card = entered(client, hana, next(number for number, what in TEST_CARDS.items() if what == behaviour))
    charge = carry_out_charge(ask_charge(hana, card, yen(500), "order:X", "key"))
    assert charge.state == ChargeState.DECLINED and why in charge.problem


@pytest.mark.parametrize(("behaviour", "payments"), [(Behaviour.NOT_DONE, 0), (Behaviour.ANSWER_LOST, 1)])
def test_a_card_whose_first_answer_does_not_come_is_charged_once(client, behaviour, payments):
    hana = world.customer()
    card = entered(client, hana, next(number for number, what in TEST_CARDS.items() if what == behaviour))
    charge = ask_charge(hana, card, yen(500), "order:X", "key")
    with pytest.raises(Unsure):
        carry_out_charge(charge)
    assert Payment.objects.count() == payments
    assert carry_out_charge(charge).state == ChargeState.CAPTURED
    assert Payment.objects.count() == 1


def reserved() -> Charge:
    hana = world.customer()
    charge = ask_charge(hana, Card.objects.get(), yen(500), "order:X", "the-charge", capture_now=False)
    return carry_out_charge(charge)


def test_a_reservation_that_nobody_took_ends_after_a_week():
    charge = reserved()
    left = Payment.objects.get().expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    Payment.objects.update(expires_at=timezone.now())
    with pytest.raises(Declined):
        capture(charge)
    assert Charge.objects.get().state == ChargeState.LAPSED
    with pytest.raises(TooMuch):
        give_back(charge, yen(500), "key")


def test_the_till_tells_that_a_reservation_has_ended():
    charge = reserved()
    expire.func(ref=charge.gateway_ref)
    expire.func(ref=charge.gateway_ref)
    assert Charge.objects.get().state == ChargeState.LAPSED


def test_a_part_that_is_released_is_not_taken_and_what_was_taken_is_refunded():
    charge = reserved()
    assert give_back(charge, yen(200), "before").state == RefundState.RELEASED
    with pytest.raises(TooMuch):
        give_back(charge, yen(301), "too much")
    charge = capture(charge)
    assert charge.captured == yen(300)
    assert give_back(charge, yen(200), "before").state == RefundState.RELEASED
    assert give_back(charge, yen(100), "after").state == RefundState.PENDING
    with pytest.raises(TooMuch):
        give_back(charge, yen(201), "too much")
    assert Refund.objects.count() == 2


def test_a_key_of_ours_is_not_used_for_another_refund():
    charge = capture(reserved())
    refund(charge, yen(100), "key")
    with pytest.raises(Declined):
        refund(charge, yen(200), "key")


def test_a_refund_settles_at_once_where_the_operator_wants_it_so(settings):
    settings.MIOBOE_TILL_SETTLES_S = 0
    assert refund(capture(reserved()), yen(100), "key").state == RefundState.SETTLED


def test_a_refund_that_the_bank_sends_back_has_failed():
    charge = capture(reserved())
    refund(charge, yen(100), "key")
    next_time("settle", Rule.What.REFUSES)
    world.settle_refunds()
    assert Refund.objects.get().state == RefundState.FAILED
    with pytest.raises(Declined):
        refund(charge, yen(100), "key")
    charge.refresh_from_db()
    assert charge.refunded == yen(0)


def test_a_slow_till_answers_in_the_end():
    waited: list[float] = []
    next_time("refund", Rule.What.SLOW, seconds=3)
    with behave("refund", wait=waited.append):
        pass
    with behave("refund", wait=waited.append):
        pass
    assert waited == [3]


@pytest.mark.parametrize("verb", ["authorise", "capture", "void", "refund"])
def test_the_till_takes_part_in_nobodys_transaction(verb):
    arguments: dict[str, tuple] = {
        "authorise": ("k", "t", yen(1), "order:X", True),
        "capture": ("k", "pay_x", yen(1)),
        "void": ("k", "pay_x"),
        "refund": ("k", "pay_x", yen(1), "order:X"),
    }
    with transaction.atomic(), pytest.raises(RuntimeError):
        getattr(till, verb)(*arguments[verb])


def test_the_tills_books_hold_no_place_for_a_number():
    columns = {field.name for model in (CardOnFile, CardPage) for field in model._meta.get_fields()}
    assert columns == {"id", "token", "brand", "last4", "expires", "behaviour", "ref", "person_ref", "return_url", "at"}
