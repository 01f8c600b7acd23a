import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from mioboe.payments.actions import refund
from mioboe.payments.models import Charge
from mioboe.people.models import Person, Role
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    person = Person.objects.create_user("ops@desk.example", world.PASSWORD, role=Role.OPERATOR, language="en")
    client.force_login(person)
    return client


@pytest.fixture
def night():
    charge = Charge.objects.get(reference=world.bought(world.customer()).ref)
    refund(charge, charge.amount, "key")
    world.settle_refunds()


def test_only_operators_see_the_shops_money(client, night):
    for path in ("/desk/ledger/", "/desk/ledger/export.csv"):
        assert client.get(path).status_code == 302
    for person in (world.agent(), Person.objects.get(email="hana@customer.example")):
        client.force_login(person)
        for path in ("/desk/ledger/", "/desk/ledger/export.csv"):
            assert client.get(path).status_code == 403


@pytest.mark.parametrize(("language", "words"), [("en", "Receivable from the gateway"), ("ja", "売掛金")])
def test_the_day_is_shown_in_both_languages(operator, night, language, words):
    operator.cookies["django_language"] = language
    page = operator.get("/desk/ledger/").content.decode()
    assert words in page and 'data-balanced="True"' in page


def test_the_day_before_is_empty_and_no_day_is_no_fault(operator, night):
    yesterday = timezone.localdate() - timedelta(days=1)
    assert b"data-account" not in operator.get(f"/desk/ledger/?day={yesterday}").content
    for nonsense in ("2026-02-30", "tomorrow", "9999-12-31", "0001-01-01", "%00"):
        assert operator.get(f"/desk/ledger/?day={nonsense}").status_code == 400
        assert operator.get(f"/desk/ledger/export.csv?day={nonsense}").status_code == 400


def test_the_export_holds_every_row_and_sums_to_zero(operator, night):
    answer = operator.get("/desk/ledger/export.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["Time", "Movement", "Kind", "Account", "Debit", "Credit", "Currency"]
    assert len(rows) == 7
    assert sum(int(row[4] or 0) for row in rows[1:]) == sum(int(row[5] or 0) for row in rows[1:]) == 1500
