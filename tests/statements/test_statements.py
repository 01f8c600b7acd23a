import pytest

from mioboe.demo.bank import statement
from mioboe.payments.actions import refund
from mioboe.payments.models import Charge
from mioboe.statements.actions import check_statement
from mioboe.statements.issuers import Unreadable, read_statement
from mioboe.statements.models import Outcome, StatementCheck, StatementLine
from tests import world
from tests.statements.files import RAKUTEN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"hello",
        b"\xff" * 100,
        b"x" * 3_000_000,
        b"a\n" * 30_000,
        (RAKUTEN + "2026/99/99,x,x,x,1\r\n").encode(),
        (RAKUTEN + "2026/11/01,x,x,x,=1+1\r\n").encode(),
    ],
)
def test_what_is_no_statement_is_refused(data):
    with pytest.raises(Unreadable):
        read_statement(data)


@pytest.mark.django_db
def test_charge_and_refund_are_matched_and_other_shops_are_not_kept():
    hana = world.customer()
    paid = Charge.objects.get(reference=world.bought(hana).ref)
    refund(paid, paid.amount, "key")
    world.settle_refunds()
    check = check_statement(hana, statement(hana), "case:X").check
    assert check.line_count == 5
    assert sorted(check.lines.values_list("outcome", flat=True)) == [Outcome.CHARGE, Outcome.REFUND]
    assert StatementLine.objects.count() == 2


@pytest.mark.django_db
def test_a_line_with_our_name_that_we_do_not_know_stands_out():
    check = check_statement(world.customer(), RAKUTEN.encode()).check
    assert list(check.lines.values_list("outcome", flat=True)) == [Outcome.UNKNOWN]


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_leaves_nothing():
    with pytest.raises(Unreadable):
        check_statement(world.customer(), b"hello")
    assert not StatementCheck.objects.exists()
