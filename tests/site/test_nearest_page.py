"""Whoever comes to look where only presses are taken is led to the page above."""

import pytest
from django.test import Client

from mioboe.people.models import Person
from mioboe.site.nearest_page import page_above
from tests import world

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html,application/xhtml+xml", "accept-language": "en"}


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/goods/kettle/buy/", "/goods/kettle/"),
        ("/orders/K7/approve/", "/orders/K7/"),
        ("/api/keys/MIO1/rotate/", "/api/keys/"),
        ("/help/not-me/a-secret/new/", "/help/not-me/a-secret/"),
        ("/settings/approval/", "/"),
        ("/", "/"),
    ],
)
def test_the_page_above(path, page):
    assert page_above(path) == page


@pytest.fixture
def browser() -> Client:
    client = Client(headers=HTML)
    client.force_login(world.customer())
    return client


def test_a_language_switched_on_the_answer_to_a_press_leads_to_a_page(browser):
    film = world.film()
    browser.post("/goods/falling-stars/buy/", {"press": "the-press", "seen": world.seen(film)})
    # Bought a moment ago: the answer to this press is a question.
    asked = browser.post("/goods/falling-stars/buy/", {"press": "the-next", "seen": world.seen(film)})
    assert asked.status_code == 409 and b'name="next" value="/goods/falling-stars/buy/"' in asked.content
    page = browser.post("/i18n/setlang/", {"language": "ja", "next": "/goods/falling-stars/buy/"}, follow=True)
    assert page.status_code == 200 and page.request["PATH_INFO"] == "/goods/falling-stars/"
    assert "星降る夜に" in page.content.decode()


def test_programs_and_parts_of_pages_are_still_told_that_it_is_not_allowed(browser):
    assert browser.get("/goods/kettle/buy/", headers={"accept": "application/json"}).status_code == 405
    assert browser.get("/goods/kettle/buy/", headers={"hx-request": "true"}).status_code == 405
    assert browser.put("/goods/kettle/buy/").status_code == 405


def test_after_signing_in_the_way_goes_on_at_a_page(browser):
    """The session ended before the press: sign-in comes back to where only presses are taken."""
    order = world.bought(Person.objects.get(), world.film())
    visitor = Client(headers=HTML)
    answer = visitor.post(f"/orders/{order.number}/approve/", {"code": "1"})
    going_on = answer["Location"]
    data = {"login": "hana@customer.example", "password": world.PASSWORD, "next": f"/orders/{order.number}/approve/"}
    page = visitor.post(going_on, data, follow=True)
    assert page.status_code == 200 and page.request["PATH_INFO"] == f"/orders/{order.number}/"
