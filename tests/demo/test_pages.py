"""What stands around the shop in the demo."""

import pytest
from django.test import Client

from mioboe.demo.bank import statement
from mioboe.demo.mailbox import received
from mioboe.demo.standing import COOKIE
from mioboe.payments.actions import refund
from mioboe.payments.models import Charge
from tests import world

pytestmark = pytest.mark.django_db


def test_the_bank_tells_each_customer_of_their_own_money():
    hana, ben = world.customer(), world.customer("ben@customer.example")
    world.bought(ben)
    assert b",500," not in statement(hana)
    paid = Charge.objects.get(person=ben)
    refund(paid, paid.amount, "key")
    world.settle_refunds()
    told = statement(ben)
    assert b",500," in told and b",-500," in told


@pytest.mark.parametrize("address", ["../../keys", "..", "a@../../b", "", "x" * 300, "hana@customer.example/new"])
def test_no_address_leads_out_of_the_mailboxes(settings, tmp_path, address):
    settings.DATA_DIR = tmp_path
    (tmp_path / "keys" / "new").mkdir(parents=True)
    (tmp_path / "keys" / "new" / "secret").write_text("Subject: a key")
    (tmp_path / "mailbox" / "new").mkdir(parents=True)
    (tmp_path / "mailbox" / "new" / "secret").write_text("Subject: a key")
    assert received(address) == []


def test_one_stands_only_where_the_demo_knows_a_place():
    client = Client()
    client.post("/demo/stand/", {"place": "atlantis"})
    assert COOKIE not in client.cookies
    client.post("/demo/stand/", {"place": "osaka"})
    assert client.cookies[COOKIE].value == "osaka"
    client.cookies[COOKIE] = "atlantis"
    assert client.get("/demo/").status_code == 200
