import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mioboe.people import presence
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client(HTTP_USER_AGENT="Firefox", REMOTE_ADDR="203.0.113.7")
    client.force_login(world.customer())
    return client


def writings(client: Client, **headers: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as heard:
        client.get("/", **headers)
    return sum("usersessions_usersession" in query["sql"] for query in heard.captured_queries)


def test_a_session_in_use_is_noted_but_not_with_every_page(browser):
    assert writings(browser) > 0
    session = UserSession.objects.get()
    assert (session.session_key, session.user_agent, session.ip) == (
        browser.session.session_key,
        "Firefox",
        "203.0.113.7",
    )
    assert writings(browser) == 0


def test_after_a_minute_it_is_noted_again(browser, monkeypatch):
    writings(browser)
    now = presence.time.monotonic()
    monkeypatch.setattr(presence.time, "monotonic", lambda: now + presence.NOTED_EVERY_S + 1)
    assert writings(browser) > 0


def test_another_address_or_browser_is_noted_at_once(browser):
    writings(browser)
    assert writings(browser, HTTP_USER_AGENT="Chrome") > 0
    assert UserSession.objects.get().user_agent == "Chrome"
    assert writings(browser, HTTP_USER_AGENT="Chrome", REMOTE_ADDR="198.51.100.1") > 0
    assert UserSession.objects.get().ip == "198.51.100.1"
