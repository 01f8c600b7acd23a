from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from mioboe.payments.actions import (
    ask_charge,
    capture,
    carry_out_charge,
    give_back,
    note_dispute,
    note_repayment,
    refund,
)
from mioboe.payments.balance import day_of
from mioboe.payments.gateways import Chargeback, Repayment
from mioboe.payments.gateways.till.models import Payment, Return
from mioboe.payments.ledger_check import differences
from mioboe.payments.models import Account, Card, Charge, Dispute, LedgerRow, MovementKind, Refund
from tests import world
from tests.payments.test_refunds import charge, yen

pytestmark = pytest.mark.django_db


def closing() -> dict[str, int]:
    return {line.account: int(line.closing.amount) for line in day_of(timezone.localdate()).accounts}


def chargeback(paid: Charge, state="open", is_withheld=True) -> Chargeback:
    return Chargeback("du_1", paid.gateway_ref, paid.captured, "fraudulent", None, is_withheld, state)


def test_a_refund_is_owed_from_its_acceptance_and_paid_when_it_settles():
    refund(charge(), yen(200), "key")
    assert closing() == {
        Account.RECEIVABLE: 500,
        Account.SALES: -500,
        Account.RETURNS: 200,
        Account.PAYABLE: -200,
    }
    world.settle_refunds()
    assert (closing()[Account.RECEIVABLE], closing()[Account.PAYABLE]) == (300, 0)


@pytest.mark.parametrize("settles_first", [False, True])
def test_a_refund_that_fails_is_owed_no_more_and_can_be_given_back_again(settles_first):
    paid = charge()
    given = refund(paid, yen(200), "key")
    if settles_first:
        world.settle_refunds()
    assert note_repayment(Refund.objects.get(), Repayment(given.gateway_ref, "failed", "closed account"))
    assert not note_repayment(Refund.objects.get(), Repayment(given.gateway_ref, "failed", "closed account"))
    assert (closing()[Account.RECEIVABLE], closing()[Account.RETURNS], closing()[Account.PAYABLE]) == (500, 0, 0)
    paid.refresh_from_db()
    assert paid.left == yen(500)


def test_a_dispute_withholds_until_it_is_decided():
    paid = charge()
    note_dispute(paid, chargeback(paid, is_withheld=False))
    assert Account.DISPUTED not in closing()
    note_dispute(paid, chargeback(paid))
    note_dispute(paid, chargeback(paid))
    assert (closing()[Account.RECEIVABLE], closing()[Account.DISPUTED]) == (0, 500)
    note_dispute(paid, chargeback(paid, "lost"))
    note_dispute(paid, chargeback(paid, "won"))
    assert (closing()[Account.DISPUTED], closing()[Account.CHARGEBACKS]) == (0, 500)
    assert Dispute.objects.get().state == "lost"
    assert list(differences()) == []


def test_what_is_released_before_it_is_taken_never_moves():
    hana = world.customer()
    held = carry_out_charge(ask_charge(hana, Card.objects.get(), yen(500), "order:X", "held", capture_now=False))
    give_back(held, yen(200), "key")
    assert not LedgerRow.objects.exists()
    assert capture(held).captured == yen(300)
    assert closing()[Account.SALES] == -300


def test_the_database_refuses_a_movement_that_does_not_sum_to_zero():
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerRow.objects.create(movement="m", kind=MovementKind.CAPTURE, account=Account.SALES, amount=yen(1))
        connection.check_constraints()


def test_the_database_refuses_to_change_or_forget_a_row():
    charge()
    with pytest.raises(ProgrammingError), transaction.atomic():
        LedgerRow.objects.update(amount=0)
    with pytest.raises(ProgrammingError), transaction.atomic():
        LedgerRow.objects.all().delete()


def check() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("ledger", "check", stdout=out)
    except SystemExit as end:
        return int(end.code), out.getvalue()
    return 0, out.getvalue()


def test_the_check_says_in_one_line_that_all_agrees():
    refund(charge(), yen(200), "key")
    world.settle_refunds()
    assert check() == (0, "ledger: 3 movements; all agrees\n")


def _forged_charge():
    Charge.objects.update(captured=499)


def _lost_in_the_till():
    Return.objects.all().delete()


def _taken_twice():
    first = Payment.objects.get()
    first.pk, first.ref = None, "pay_second"
    first.save()


def _refunded_too_little():
    Charge.objects.update(refunded=100)


def _movement_missing():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_ledgerrow DISABLE TRIGGER ledger_append_only")
        cursor.execute("DELETE FROM payments_ledgerrow WHERE kind = 'capture'")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_forged_charge, "receivable_gateway: +1"),
        (_lost_in_the_till, "against the till’s book: +200"),
        (_taken_twice, "till pay_second is not in our books: -500"),
        (_refunded_too_little, "refunded: -100"),
        (_movement_missing, ":capture in sales: +500"),
    ],
)
def test_the_check_says_what_differs(spoil, said):
    refund(charge(), yen(200), "key")
    spoil()
    status, line = check()
    assert status == 1 and said in line and line.count("\n") == 1


def test_a_day_opens_as_the_day_before_closed():
    paid = charge()
    yesterday, today = timezone.localdate() - timedelta(days=1), timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_ledgerrow DISABLE TRIGGER ledger_append_only")
        cursor.execute("UPDATE payments_ledgerrow SET at = at - interval '1 day'")
    refund(paid, yen(200), "key")
    before, day = day_of(yesterday), day_of(today)
    assert [int(line.closing.amount) for line in before.accounts] == [500, -500]
    assert {line.account: int(line.opening.amount) for line in day.accounts}[Account.SALES] == -500
    assert day.kinds == ((MovementKind.REFUND, 1),)
    assert before.is_balanced and day.is_balanced
    assert day_of(date(2017, 1, 1)).accounts == ()
