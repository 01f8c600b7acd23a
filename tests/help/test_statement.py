"""The card statement, from the customer's side."""

import html
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.cases.models import Case
from mioboe.demo.bank import statement
from mioboe.payments.actions import refund
from mioboe.payments.models import Charge, Refund, RefundState
from mioboe.statements.models import StatementCheck, StatementLine
from tests import world

pytestmark = pytest.mark.django_db
HEADER = "利用日,利用店名・商品名,利用者,支払方法,利用金額\r\n"


def sent(person, text: str | bytes, path: str = "/help/statement/"):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    data = text if isinstance(text, bytes) else text.encode()
    response = client.post(path, {"statement": SimpleUploadedFile("meisai.csv", data)})
    return client, html.unescape(response.content.decode())


def on(days_ago: int) -> str:
    return f"{timezone.localdate() - timedelta(days=days_ago):%Y/%m/%d}"


def test_without_a_case_each_line_leads_to_its_order():
    hana = world.customer()
    order = world.bought(hana)
    _, said = sent(hana, statement(hana))
    assert "Rakuten e-NAVI: 4 lines read." in said and f'<a href="/orders/{order.number}/">{order.number}</a>' in said
    assert "3 lines of other shops" in said and "トウキヨウデンリヨク" not in said  # as the issuer wrote it
    assert StatementLine.objects.count() == 1 and not Case.objects.exists()


def test_what_is_ours_and_unknown_becomes_a_case_by_one_press():
    hana, ben = world.customer(), world.customer("ben@customer.example")
    client, said = sent(hana, HEADER + f"{on(2)},HOSHIZORA,本人,1回払い,4800\r\n")
    line = StatementLine.objects.get()
    assert f"/help/statement/lines/{line.pk}/case/" in said
    stranger = Client()
    stranger.force_login(ben)
    assert stranger.post(f"/help/statement/lines/{line.pk}/case/").status_code == 404
    for _ in range(2):
        answer = client.post(f"/help/statement/lines/{line.pk}/case/")
    case = Case.objects.get(customer=hana)
    assert answer.url == f"/help/cases/{case.number}/" and case.words.count("HOSHIZORA") == 1 and "4,800" in case.words


def test_a_line_that_is_explained_is_no_case():
    hana = world.customer()
    world.bought(hana)
    client, _ = sent(hana, statement(hana))
    assert client.post(f"/help/statement/lines/{StatementLine.objects.get().pk}/case/").status_code == 404


def test_a_refund_under_way_is_told_with_its_day():
    hana = world.customer()
    world.bought(hana)
    before = statement(hana)
    paid = Charge.objects.get()
    refund(paid, paid.amount, "key")
    world.settle_refunds()
    _, said = sent(hana, before)
    assert "a refund that is on its way to the card" in said and 'data-why="refund_under_way"' in said
    Refund.objects.update(settled_at=timezone.now() - timedelta(days=30))
    Charge.objects.update(captured_at=timezone.now() - timedelta(days=31))
    late = HEADER + f"{on(31)},HOSHIZORA,本人,1回払い,500\r\n{on(0)},カフェ,本人,1回払い,850\r\n"
    _, said = sent(hana, late)
    assert 'data-why="refund_late"' in said


def test_a_reserved_amount_and_a_charge_not_booked_yet_are_told():
    hana = world.customer()
    world.bought(hana)
    world.bought(hana, world.kettle(), "press-two")
    _, said = sent(hana, HEADER + f"{on(0)},カフェ,本人,1回払い,850\r\n")
    assert 'data-why="hold"' in said and 'data-why="not_booked"' in said
    assert "None of them is ours" in said


def test_another_cards_money_is_not_waited_for_on_this_one():
    hana = world.customer()
    world.bought(hana)
    other = hana.cards.create(token="tok-2", brand="Visa", last4="1111", expires="09/2029")
    mine = Charge.objects.get()
    Charge.objects.create(
        person=hana, card=other, reference="order:X", amount=Money(700, JPY), captured=Money(700, JPY), to_capture=Money(700, JPY),
        key="k2", state="captured", captured_at=mine.captured_at,
    )  # fmt: skip
    _, said = sent(hana, HEADER + f"{on(0)},HOSHIZORA,本人,1回払い,500\r\n")
    assert "not_booked" not in said


def test_what_other_shops_take_month_by_month_is_told_and_not_kept():
    hana = world.customer()
    rows = "".join(f"{on(days)},エイガクラブ,本人,1回払い,990\r\n" for days in (2, 32, 63))
    _, said = sent(hana, HEADER + rows + f"{on(3)},カフェ,本人,1回払い,850\r\n")
    assert "data-regular" in said and "エイガクラブ" in said.split("data-regular")[1].split("</section>")[0]
    assert "カフェ" not in said.split("data-regular")[1].split("</section>")[0]
    assert not StatementLine.objects.exists() and StatementCheck.objects.get().line_count == 4


def test_a_refund_still_asked_for_is_under_way():
    hana = world.customer()
    world.bought(hana)
    paid = Charge.objects.get()
    refund(paid, paid.amount, "key")
    assert Refund.objects.get().state == RefundState.PENDING
    _, said = sent(hana, HEADER + f"{on(0)},HOSHIZORA,本人,1回払い,500\r\n")
    assert 'data-why="refund_under_way"' in said
