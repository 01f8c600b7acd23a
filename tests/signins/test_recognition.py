from ipaddress import ip_address

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from mioboe.people.models import Person
from mioboe.signins import networks, places
from mioboe.signins.actions import note_sign_in
from mioboe.signins.familiarity import MOST_KEYS
from mioboe.signins.models import AccountProfile, Attempt, SignIn
from mioboe.signins.places import Place, place_of, place_words
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
    own = Client(headers={"X-Forwarded-For": "133.11.0.1"})
    assert sign_in(own).is_familiar  # the first device ever
    own.post("/account/logout/")
    assert sign_in(own).is_familiar
    stranger = sign_in(Client(), **{"User-Agent": IPHONE, "X-Forwarded-For": "133.11.0.9"})
    assert not stranger.is_familiar and "device.nothing" in stranger.reasons
    assert stranger.device.system == "iPhone"


@pytest.mark.django_db
def test_a_wrong_password_is_no_sign_in(client):
    world.customer()
    client.post("/account/login/", {"login": "hana@customer.example", "password": "wrong"})
    assert not SignIn.objects.exists()
    assert Attempt.objects.get().person.email == "hana@customer.example"


@pytest.mark.django_db
def test_a_failure_at_an_unknown_address_is_noted_as_nobodys(client):
    client.post("/account/login/", {"login": "nobody@customer.example", "password": "wrong"})
    assert Attempt.objects.get().person is None


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


@pytest.fixture
def data(settings, tmp_path):
    """Places and networks read from files of the test's own choice."""

    def use(city: bytes | None, asn: bytes | None) -> None:
        for name, content in (("CITY", city), ("ASN", asn)):
            path = tmp_path / name
            if content is not None:
                path.write_bytes(content)
            setattr(settings, f"MIOBOE_{name}_DATA", path)
        places._data.cache_clear()
        networks._networks.cache_clear()

    yield use
    places._data.cache_clear()
    networks._networks.cache_clear()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, b"", b"broken" * 1000, networks.MAGIC, networks.MAGIC + b"\xff" * 300])
def test_without_usable_data_a_sign_in_works_and_its_place_is_unknown(data, content):
    data(content, content)
    assert place_of("133.1.0.1") == Place() and networks.asn_of("133.1.0.1") is None
    noted = note_sign_in(world.customer(), "133.1.0.1", IPHONE, "s", "")
    assert noted.sign_in.is_familiar and noted.sign_in.country == ""


def test_a_mobile_carriers_address_has_a_country_only(data, tmp_path):
    assert networks.asn_of("49.98.0.1") == 9605 and place_of("49.98.0.1") == Place("JP", "", 9605)
    assert networks.network_name(9605).startswith("NTT DOCOMO")
    assert place_of("2400:4050::1").country == "JP"


def test_networks_are_read_as_the_csv_says(tmp_path):
    (tmp_path / "asn-ipv4-num.csv").write_text(
        '16777216,16777471,7,"A, Inc."\n16777472,16777727,7,"A, Inc."\n3758096128,3758096383,9,B\n'
    )
    (tmp_path / "asn-ipv6-num.csv").write_text(f"{0x2001 << 112},{(0x2001 << 112) + (1 << 80) - 1},8,株式会社\n")
    into = tmp_path / "made"
    assert networks.build(tmp_path, into) == 3
    made = networks.CompactFile(into)
    asked = {ip: made.asn(ip_address(ip)) for ip in ("1.0.0.0", "1.0.1.255", "1.0.2.0", "0.0.0.1", "223.255.255.1", "2001::1", "2001:0:1::", "::1")}  # fmt: skip
    assert asked == {"1.0.0.0": 7, "1.0.1.255": 7, "1.0.2.0": None, "0.0.0.1": None, "223.255.255.1": 9, "2001::1": 8, "2001:0:1::": None, "::1": None}  # fmt: skip
    assert made.name(7) == "A, Inc." and made.name(8) == "株式会社" and made.name(1) == ""


header = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=700)


@pytest.mark.django_db
@settings_of_hypothesis(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(header, header, header)
def test_no_browser_string_cookie_or_forwarding_breaks_a_sign_in(agent, cookie, forwarded):
    with transaction.atomic():
        person = Person.objects.filter(email="hana@customer.example").first() or world.customer()
        client = Client()
        client.cookies["device"] = cookie
        given_in = {"login": person.email, "password": world.PASSWORD}
        sent = {"HTTP_USER_AGENT": agent, "HTTP_X_FORWARDED_FOR": forwarded}
        assert client.post("/account/login/", given_in, **sent).status_code < 500
        assert client.post("/account/login/", given_in | {"login": agent, "password": "x"}, **sent).status_code < 500
    profile = AccountProfile.objects.filter(person=person).first()
    assert profile is None or len(profile.keys) <= MOST_KEYS


def test_only_trusted_proxies_are_believed():
    assert client_address("203.0.113.9", "1.2.3.4", []) == "203.0.113.9"
    assert client_address("10.0.0.1", "1.2.3.4, 5.6.7.8", ["10.0.0.0/8"]) == "5.6.7.8"
    assert client_address("10.0.0.1", "1.2.3.4, 10.0.0.2", ["10.0.0.0/8"]) == "1.2.3.4"
    assert client_address("10.0.0.1", "nonsense", ["10.0.0.0/8"]) == "10.0.0.1"
