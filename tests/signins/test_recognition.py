import pytest
from django.test import Client

from mioboe.signins.models import SignIn
from mioboe.signins.places import place_of, place_words
from mioboe.site.client_address import client_address
from tests import world

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"


def sign_in(client: Client, **headers: str) -> SignIn:
    response = client.post(
        "/account/login/", {"login": "hana@customer.example", "password": world.PASSWORD}, headers=headers
    )
    assert response.status_code == 302
    return SignIn.objects.latest("at")


@pytest.mark.django_db
def test_a_browser_without_the_secret_is_unusual_and_one_with_it_is_not():
    world.customer()
    own = Client()
    assert sign_in(own).is_familiar  # the first device ever
    own.post("/account/logout/")
    assert sign_in(own).is_familiar
    stranger = sign_in(Client(), **{"User-Agent": IPHONE})
    assert not stranger.is_familiar and "device.nothing" in stranger.reasons
    assert stranger.device.system == "iPhone"


@pytest.mark.django_db
def test_a_wrong_password_is_no_sign_in(client):
    world.customer()
    client.post("/account/login/", {"login": "hana@customer.example", "password": "wrong"})
    assert not SignIn.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["", "x" * 5000, "\x7f", "other"])
def test_a_made_up_secret_is_a_new_device(cookie):
    world.customer()
    sign_in(Client())
    liar = Client()
    liar.cookies["device"] = cookie
    assert not sign_in(liar).is_familiar


def test_places():
    osaka = place_of("133.1.0.1")
    assert (osaka.country, osaka.prefecture) == ("JP", "Osaka")
    assert place_of("127.0.0.1") == place_of("nonsense") == place_of("::1")
    assert place_words("JP", "Osaka") in ("Osaka", "大阪府")


def test_only_trusted_proxies_are_believed():
    assert client_address("203.0.113.9", "1.2.3.4", []) == "203.0.113.9"
    assert client_address("10.0.0.1", "1.2.3.4, 5.6.7.8", ["10.0.0.0/8"]) == "5.6.7.8"
    assert client_address("10.0.0.1", "1.2.3.4, 10.0.0.2", ["10.0.0.0/8"]) == "1.2.3.4"
    assert client_address("10.0.0.1", "nonsense", ["10.0.0.0/8"]) == "10.0.0.1"
