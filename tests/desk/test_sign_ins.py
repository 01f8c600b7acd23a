"""The agent sees who was in the account, and lets a held order go only for whoever has proven enough."""

import pytest
from django.test import Client

from mioboe.cases.actions import add_proof, secure_account
from mioboe.cases.models import Case, ProofKind
from mioboe.orders.actions import buy_with_one_click
from mioboe.orders.models import Order
from mioboe.people.models import Person, Role
from mioboe.signins.actions import note_sign_in
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(run_jobs, no_mail_server) -> Case:
    """A sign-in that was not Hana's, and a kettle ordered in it."""
    hana = world.customer()
    note_sign_in(hana, "133.11.0.1", "Firefox", "own", "")
    sign_in = note_sign_in(hana, "133.1.0.1", "curl/8", "other", "").sign_in
    sign_in_two = note_sign_in(hana, "185.220.101.1", "curl/8", "third", "").sign_in
    buy_with_one_click(hana, world.kettle(), "press", sign_in_two)
    assert sign_in.device_id != sign_in_two.device_id
    case = secure_account(sign_in_two, ProofKind.SESSION)
    run_jobs()
    return case


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(world.agent())
    return client


def release(desk: Client, case: Case) -> str:
    path = f"/desk/cases/{case.number}/release/{Order.objects.get().number}/"
    return desk.post(path, follow=True).content.decode()


def test_the_case_shows_the_sign_in_and_what_is_held(case, desk):
    page = desk.get(f"/desk/cases/{case.number}/").content.decode()
    assert "Germany" in page and "on hold" in page and 'data-held="yes"' in page
    assert "Osaka" in page  # the other sign-ins beside it


def test_the_whole_history_is_there_and_looking_is_on_record(case, desk):
    page = desk.get(f"/desk/cases/{case.number}/sign-ins/").content.decode()
    assert page.count("data-sign-in") == 3 and "Osaka" in page and "MaxMind" in page
    assert "/help/safety/sign-ins/" not in page  # the questions are the customer's
    assert Entry.objects.get(verb="sign_ins.viewed").customer == case.customer


def test_a_session_alone_releases_nothing(case, desk):
    assert "not confirmed enough" in release(desk, case)
    assert Order.objects.get().held_at
    add_proof(case, ProofKind.PHONE)
    assert "goes its way" in release(desk, case)
    assert Order.objects.get().held_at is None


def test_an_order_of_another_case_is_out_of_reach(case, desk):
    other = world.ordered(world.customer("other@customer.example"), (world.kettle(slug="other"), 1))
    assert desk.post(f"/desk/cases/{case.number}/release/{other.number}/").status_code == 404


def test_the_parcels_page_says_so_and_refuses(case, client):
    operator = Person.objects.create_user("ops@desk.example", world.PASSWORD, role=Role.OPERATOR, language="en")
    client.force_login(operator)
    assert "Orders on hold" in client.get("/desk/").content.decode()
    page = client.get("/desk/parcels/").content.decode()
    parcel = Order.objects.get().parcels.get()
    assert "on hold" in page and f"/desk/cases/{case.number}/" in page
    assert f"/desk/parcels/{parcel.pk}/pack/" not in page
    assert "on hold until its case" in client.post(f"/desk/parcels/{parcel.pk}/pack/", follow=True).content.decode()
    assert "Kettle" not in client.get("/desk/parcels/list/").content.decode()
