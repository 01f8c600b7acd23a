import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from moneyed import JPY, Money

from mioboe.payments.actions import TooMuch, refund
from mioboe.payments.gateways import Declined, Unsure
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.gateways.till.models import Return
from mioboe.payments.models import Charge, LedgerRow, Refund, RefundState
from tests import world

pytestmark = pytest.mark.django_db


def charge() -> Charge:
    return Charge.objects.get(reference=world.bought(world.customer()).ref)


def yen(amount: int) -> Money:
    return Money(amount, JPY)


def test_a_refund_with_one_key_is_paid_once():
    paid = charge()
    assert refund(paid, yen(500), "key").pk == refund(paid, yen(500), "key").pk
    assert Return.objects.count() == 1
    paid.refresh_from_db()
    assert paid.refunded == yen(500)


def test_a_refund_is_paid_once_even_if_the_answer_is_lost(monkeypatch):
    paid, real = charge(), till.refund

    def answer_lost(*arguments):
        real(*arguments)
        raise Unsure

    monkeypatch.setattr(till, "refund", answer_lost)
    with pytest.raises(Unsure):
        refund(paid, yen(500), "key")
    monkeypatch.setattr(till, "refund", real)
    assert refund(paid, yen(500), "key").state == RefundState.PENDING
    assert Return.objects.count() == 1


def test_never_more_than_was_paid():
    paid = charge()
    refund(paid, yen(300), "one")
    with pytest.raises(TooMuch):
        refund(paid, yen(201), "two")
    refund(paid, yen(200), "three")
    with pytest.raises(TooMuch):
        refund(paid, yen(1), "four")


def test_the_database_itself_refuses_more_than_was_paid():
    paid = charge()
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=paid.pk).update(refunded=501)


def test_a_refused_refund_frees_what_it_had_reserved(monkeypatch):
    paid = charge()

    def refuse(*arguments):
        raise Declined("closed card")

    monkeypatch.setattr(till, "refund", refuse)
    with pytest.raises(Declined):
        refund(paid, yen(500), "key")
    paid.refresh_from_db()
    assert paid.refunded == yen(0)
    assert Refund.objects.get().state == RefundState.FAILED


def test_every_movement_sums_to_zero():
    refund(charge(), yen(120), "key")
    sums = LedgerRow.objects.values("movement").annotate(total=Sum("amount"))
    assert len(sums) == 2
    assert all(row["total"] == 0 for row in sums)


def test_the_till_does_not_take_part_in_anybodys_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError):
        till.authorise("key", "token", yen(1), "order:X", True)


def test_a_key_used_for_another_amount_is_refused():
    till.authorise("key", "token", yen(1), "order:X", True)
    with pytest.raises(Declined):
        till.authorise("key", "token", yen(2), "order:X", True)
