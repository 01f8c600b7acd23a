"""A statement is matched to its owner's money only."""

import pytest

from mioboe.demo.bank import statement
from mioboe.payments.actions import refund
from mioboe.payments.models import Charge
from mioboe.statements.actions import check_statement
from mioboe.statements.models import Outcome
from tests import world

pytestmark = pytest.mark.django_db


def test_somebody_elses_charge_and_refund_explain_nothing():
    hana, ben = world.customer(), world.customer("ben@customer.example")
    world.bought(ben)
    paid = Charge.objects.get(person=ben)
    refund(paid, paid.amount, "key")
    world.settle_refunds()
    check = check_statement(hana, statement(ben)).check
    assert list(check.lines.values_list("outcome", flat=True)) == [Outcome.UNKNOWN] * 2
    assert check.missing_refunds == 0


def test_a_refund_that_is_not_on_it_yet_is_said():
    hana = world.customer()
    world.bought(hana)
    before = statement(hana)
    paid = Charge.objects.get()
    refund(paid, paid.amount, "key")
    world.settle_refunds()
    assert check_statement(hana, before).check.missing_refunds == 1
