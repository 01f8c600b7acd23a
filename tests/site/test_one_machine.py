"""On one machine the pages answer to both of its names, each with sockets of its own name; elsewhere to what the operator says."""

import pytest
from django.test import Client

from mioboe.site.one_machine import by_both_names, by_name_of

LIVE = "ws://localhost:8001/live"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1:8000", "ws://127.0.0.1:8001/live"),
        ("localhost:8000", LIVE),
        ("evil.example", LIVE),
        ("", LIVE),
    ],
)
def test_the_socket_has_the_pages_name(client, settings, host, url):
    settings.MIOBOE_LIVE_URL = LIVE
    assert by_name_of(LIVE, host) == url
    if host.endswith(":8000"):
        assert f'data-live-url="{url}"' in client.get("/", headers={"host": host}).content.decode()


def test_elsewhere_there_is_one_name():
    assert by_name_of("wss://live.shop.example/live", "localhost") == "wss://live.shop.example/live"
    assert by_both_names("https://shop.example") == ["https://shop.example"]
    assert by_both_names("http://127.0.0.1:8000") == ["http://localhost:8000", "http://127.0.0.1:8000"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_press_by_either_name_is_the_shops_own(settings, name):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/account/login/", headers={"host": f"{name}:8000"})
    token = browser.cookies["csrftoken"].value
    answer = browser.post(
        "/i18n/setlang/",
        {"language": "en", "csrfmiddlewaretoken": token},
        headers={"host": f"{name}:8000", "origin": f"http://{name}:8000"},
    )
    assert answer.status_code == 302
