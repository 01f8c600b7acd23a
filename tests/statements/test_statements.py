import pytest

from mioboe.demo.bank import statement
from mioboe.payments.actions import refund
from mioboe.payments.models import Charge
from mioboe.statements.actions import check_statement
from mioboe.statements.issuers import Unreadable, read_statement
from mioboe.statements.models import Outcome, StatementCheck, StatementLine
from tests import world

RAKUTEN = (
    "利用日,利用店名・商品名,利用者,支払方法,利用金額,支払手数料,支払総額,11月支払金額,当月請求額,12月繰越残高,新規サイン\r\n"
    "2026/11/02,ﾎｼｿﾞﾗｼﾖｳﾃﾝ,本人,1回払い,500,0,500,500,500,0,*\r\n"
    ",現地利用額 3.00 USD,,,,,,,,,\r\n"
    '2026/11/01,"カフェ, 駅前",本人,1回払い,"1,200",0,1200,1200,1200,0,*\r\n'
)
SMBC = (
    "佐藤　花　様,1234-****-****-4242,三井住友カード\r\n"
    "2026/11/02,ＨＯＳＨＩＺＯＲＡ,500,１,１,500,\r\n"
    "2026/11/09,ＨＯＳＨＩＺＯＲＡ,-500,１,１,-500,\r\n"
    ",,,,,0,\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_rakuten(encoding):
    read = read_statement(RAKUTEN.encode(encoding))
    assert read.issuer == "rakuten"
    assert [(line.date.isoformat(), line.yen) for line in read.lines] == [("2026-11-02", 500), ("2026-11-01", 1200)]


def test_smbc():
    read = read_statement(SMBC.encode("cp932"))
    assert read.issuer == "smbc"
    assert [line.yen for line in read.lines] == [500, -500]


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
    check = check_statement(hana, statement(hana), "case:X")
    assert check.line_count == 5
    assert sorted(check.lines.values_list("outcome", flat=True)) == [Outcome.CHARGE, Outcome.REFUND]
    assert StatementLine.objects.count() == 2


@pytest.mark.django_db
def test_a_line_with_our_name_that_we_do_not_know_stands_out():
    check = check_statement(world.customer(), RAKUTEN.encode())
    assert list(check.lines.values_list("outcome", flat=True)) == [Outcome.UNKNOWN]


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_leaves_nothing():
    with pytest.raises(Unreadable):
        check_statement(world.customer(), b"hello")
    assert not StatementCheck.objects.exists()
