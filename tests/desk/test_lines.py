"""Cancelling single items at the desk: what goes back is seen before the press."""

import pytest

from mioboe.cases.actions import open_case
from mioboe.cases.jobs import walk_plan
from mioboe.cases.models import Case, ProofKind, Remedy
from mioboe.orders.models import Line, Product
from mioboe.payments.actions import give_back
from mioboe.payments.models import Charge
from tests import world
from tests.shopfront.pages import fields

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    return open_case(hana, world.ordered(hana, (world.kettle(stock=9), 3), (world.film(), 1)), ProofKind.MAILBOX)


@pytest.fixture
def desk(client):
    client.force_login(world.agent())
    client.cookies["django_language"] = "en"
    return client


def pieces(case: Case, slug: str, number: object) -> dict[str, object]:
    return {f"pieces-{Line.objects.get(order=case.order, product__slug=slug).pk}": number}


def path(case: Case) -> str:
    return f"/desk/cases/{case.number}/lines/"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_goes_back_is_shown_before_the_press_and_then_done_once(case, desk, headers):
    page = desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert "Cancel single items" in page and 'value="cancel" checked>' in page
    shown = desk.get(path(case), pieces(case, "kettle", 2), headers=headers)
    page = shown.content.decode()
    assert "2 × Kettle" in page and "¥9,600" in page and "4242" in page
    assert not Remedy.objects.exists()
    told = fields(shown, "data-goes-back")
    for _ in range(2):
        assert desk.post(path(case), told, headers=headers).status_code == (200 if headers else 302)
    assert Remedy.objects.count() == 1
    walk_plan.func(case_id=case.pk)
    assert Charge.objects.get().refunded.amount == 9600
    page = desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert "Cancel an item: 2 × Kettle" in page and "1 left" in page
    assert 'value="cancel">' in page, "who had one item cancelled does not cancel the rest by the next press"


def test_without_a_look_at_what_goes_back_nothing_is_cancelled(case, desk):
    for more in ({}, {"goes_back": "1"}, {"goes_back": "9600"}):
        answer = desk.post(path(case), pieces(case, "kettle", 2) | more)
        assert answer.status_code == 422
    answer = desk.post(path(case), pieces(case, "kettle", 2) | {"press": "press-one-two", "goes_back": "1"})
    assert answer.status_code == 422 and "has changed meanwhile" in answer.content.decode()
    assert not Remedy.objects.exists()


def test_less_goes_back_where_some_of_it_has_gone_back_already(case, desk):
    charge = Charge.objects.get()
    give_back(charge, charge.left - Product.objects.get(slug="falling-stars").price, "goodwill")
    page = desk.get(path(case), pieces(case, "kettle", 1)).content.decode()
    assert "¥500" in page and "the rest has gone back already" in page


@pytest.mark.parametrize("typed", ["4", "-1", "x", "９", "9" * 30, "1.5"])
def test_more_than_is_left_and_nonsense_are_refused(case, desk, typed):
    shown = desk.get(path(case), pieces(case, "kettle", typed)).content.decode()
    assert "data-goes-back" not in shown and "So many pieces cannot be cancelled" in shown
    told = pieces(case, "kettle", typed) | {"press": "press-one-two", "goes_back": "4800"}
    assert desk.post(path(case), told).status_code == 422
    assert not Remedy.objects.exists()


def test_an_order_of_one_piece_is_cancelled_whole(desk):
    hana = world.customer()
    case = open_case(hana, world.bought(hana), ProofKind.MAILBOX)
    assert "Cancel single items" not in desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert "Nothing of this order" in desk.get(path(case)).content.decode()


def test_a_case_without_proof_cancels_nothing(case, desk):
    told = fields(desk.get(path(case), pieces(case, "kettle", 1)), "data-goes-back")
    case.proofs.all().delete()
    answer = desk.post(path(case), told)
    assert answer.status_code == 422 and "has not confirmed enough" in answer.content.decode()
