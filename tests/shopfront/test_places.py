"""For which place a promise is: an address where there is one, else what the visitor typed, else the shop's own."""

import pytest
from django.test import Client

from mioboe.orders.delivery import japanese
from mioboe.orders.postcodes import postcode_in, prefecture_of
from mioboe.signins.places import PREFECTURES
from tests import world

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def kettle():
    return world.kettle(stock=9)


@pytest.fixture
def visitor(kettle) -> Client:
    return Client(headers={"accept-language": "en"})


def page(client: Client) -> str:
    return client.get("/goods/kettle/").content.decode()


def choose(client: Client, place: str, **headers):
    return client.post("/goods/kettle/place/", {"place": place}, headers=headers)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("060-0000", "Hokkaido"),
        ("〒９０００００１", "Okinawa"),
        ("8115101", "Nagasaki"),  # an island whose mail goes by another prefecture
        ("大阪府", "Osaka"),
        ("大阪", "Osaka"),
        ("kyoto", "Kyoto"),
    ],
)
def test_a_visitor_types_a_place_and_it_is_kept(visitor, typed, place):
    assert "In Tokyo " in page(visitor)
    assert choose(visitor, typed)["Location"] == "/goods/kettle/"
    assert f"In {place} " in page(visitor)
    assert f"In {place} " in visitor.get("/goods/kettle/promise/").content.decode()
    assert "In Tokyo " in page(Client(headers={"accept-language": "en"}))


@pytest.mark.parametrize("typed", ["", "Atlantis", "12345", "150-00011", "<b>", "9" * 500, "1500001; x"])
def test_what_is_no_place_is_told_and_changes_nothing(visitor, typed):
    choose(visitor, "Osaka")
    refused = choose(visitor, typed)
    assert refused.status_code == 422
    assert "In Osaka " in refused.content.decode() and 'id="place-problem"' in refused.content.decode()
    part = choose(visitor, typed, **HTMX)
    assert (
        part.status_code == 200
        and 'id="place-problem"' in part.content.decode()
        and "<html" not in part.content.decode()
    )


def test_the_promise_changes_in_its_place(visitor):
    part = choose(visitor, "Okinawa", **HTMX).content.decode()
    assert "In Okinawa " in part and "<html" not in part and 'id="place"' in part


def test_the_cart_promises_for_the_same_place(visitor):
    visitor.post("/cart/kettle/add/", {"quantity": 1})
    near = visitor.get("/cart/").content.decode()
    choose(visitor, "Okinawa")
    assert visitor.get("/cart/").content.decode() != near


def test_an_address_goes_before_what_was_typed(visitor):
    choose(visitor, "Okinawa")
    hana = world.customer()
    visitor.force_login(hana)
    shown = page(visitor)
    assert "In Tokyo " in shown and 'id="place"' not in shown
    hana.one_click.delete()
    hana.addresses.all().delete()
    assert 'id="place"' in page(visitor)


def test_a_film_asks_for_no_place(visitor):
    world.film()
    assert 'id="place"' not in visitor.get("/goods/falling-stars/").content.decode()


@pytest.mark.parametrize(
    ("postcode", "prefecture"),
    [
        ("100-0001", "東京都"),
        ("530-0001", "大阪府"),
        ("685-0001", "島根県"),
        ("684-0001", "鳥取県"),
        ("817-0001", "長崎県"),
        ("498-0801", "三重県"),
        ("498-0001", "愛知県"),
        ("871-0801", "福岡県"),
        ("618-0001", "大阪府"),
        ("618-0071", "京都府"),
        ("647-1271", "奈良県"),
        ("384-0097", "群馬県"),
        ("370-8686", "東京都"),
    ],
)
def test_a_postcode_lies_in_its_prefecture(postcode, prefecture):
    assert japanese(prefecture_of(postcode)) == prefecture


def test_every_postcode_lies_somewhere():
    assert {prefecture_of(f"{area:03d}-0000") for area in range(1000)} <= set(PREFECTURES)


@pytest.mark.parametrize("text", ["150-0001", "1500001", "１５０－０００１", "〒150 0001", "150ー0001", " 150‐0001 "])
def test_a_postcode_is_read_however_it_is_written(text):
    assert postcode_in(text) == "150-0001"
