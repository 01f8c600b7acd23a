import pytest
from django.test import Client

from mioboe.calls import actions as calls
from mioboe.cases.actions import open_case
from mioboe.cases.models import ProofKind, Remedy
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    hana = world.customer()
    return open_case(hana, world.bought(hana), ProofKind.MAILBOX)


@pytest.fixture
def desk(client):
    client.force_login(world.agent())
    return client


def test_customers_and_visitors_do_not_get_in(case, client):
    paths = ["/desk/", "/desk/panel/", f"/desk/cases/{case.number}/"]
    assert [client.get(path).status_code for path in paths] == [302, 302, 302]
    client.force_login(case.customer)
    assert [client.get(path).status_code for path in paths] == [403, 403, 403]
    assert client.post(f"/desk/cases/{case.number}/resolve/", {"remedy": "refund"}).status_code == 403
    assert not Remedy.objects.exists()


def test_the_case_shows_what_the_agent_needs_and_that_she_looked(case, desk):
    page = desk.get(f"/desk/cases/{case.number}/").content.decode()
    for shown in ("Falling Stars", "4242", "Hana", "1-click", "mailbox"):
        assert shown in page
    assert Entry.objects.filter(verb="case.viewed", about__contains=[case.ref]).count() == 1


def test_a_double_press_plans_once(case, desk):
    for _ in range(2):
        desk.post(f"/desk/cases/{case.number}/resolve/", {"remedy": ["cancel", "refund"]})
    assert Remedy.objects.count() == 2


def test_a_remedy_that_does_not_exist_is_refused(case, desk):
    response = desk.post(f"/desk/cases/{case.number}/resolve/", {"remedy": "give_account"}, follow=True)
    assert response.status_code == 200
    assert not Remedy.objects.exists()


def test_nobody_handles_a_case_of_their_own(desk):
    from mioboe.people.models import Person

    kaori = Person.objects.get(email="kaori@desk.example")
    own = open_case(kaori, None, ProofKind.SESSION)
    assert desk.get(f"/desk/cases/{own.number}/").status_code == 403


def test_another_agents_call_is_out_of_reach(case):
    kaori, ben = world.agent("k2@desk.example"), world.agent("ben@desk.example")
    calls.go_on_duty(kaori, takes_at_once=True)
    callback = calls.request_callback(case, world.NUMBER, "ja")
    other = Client()
    other.force_login(ben)
    assert other.post(f"/desk/calls/{callback.pk}/take/").status_code == 404
    mine = Client()
    mine.force_login(kaori)
    assert mine.post(f"/desk/calls/{callback.pk}/take/").status_code == 204
    assert mine.post(f"/desk/calls/{callback.pk}/take/").status_code == 409


def test_the_screen_costs_the_same_for_a_customer_with_many_orders(case, desk, django_assert_max_num_queries):
    path = f"/desk/cases/{case.number}/"
    with django_assert_max_num_queries(46) as few:
        desk.get(path)
    product = world.film("other", 100)
    for number in range(15):
        world.bought(case.customer, product, press=f"press-many-{number}")
    with django_assert_max_num_queries(len(few) + 5):
        desk.get(path)
