"""Buying as a browser does it: the pages, their forms, and the guards against accidents."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.orders.models import OneClick, Order, OrderState, Product
from mioboe.people.models import Address, Person
from tests import world
from tests.shopfront.pages import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana() -> Person:
    return world.customer()


@pytest.fixture
def client(hana) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(hana)
    return client


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def press_once(client: Client, product: Product, **more):
    """Opens the page of a product and presses "Buy with 1-click"."""
    action = f"/goods/{product.slug}/buy/"
    told = fields(client.get(f"/goods/{product.slug}/"), action)
    return told, client.post(action, told | more)


class TestOneClick:
    def test_a_press_buys_and_a_double_tap_buys_nothing_more(self, client):
        film = world.film()
        told, first = press_once(client, film)
        again = client.post(f"/goods/{film.slug}/buy/", told)
        assert first["Location"] == again["Location"] == f"/orders/{Order.objects.get().number}/"

    def test_back_and_press_again_is_the_same_press(self, client):
        kettle = world.kettle(stock=1)
        told, _ = press_once(client, kettle)
        assert client.post("/goods/kettle/buy/", told)["Location"].startswith("/orders/")
        assert Order.objects.count() == 1

    def test_a_second_page_within_five_minutes_is_asked_about(self, client):
        film = world.film()
        press_once(client, film)
        _, asked = press_once(client, film)
        assert asked.status_code == 409
        assert "another one?" in asked.content.decode()
        assert Order.objects.count() == 1
        sure = fields(asked, f"/goods/{film.slug}/buy/")
        for _ in range(2):
            assert client.post(f"/goods/{film.slug}/buy/", sure).status_code == 302
        assert Order.objects.count() == 2

    def test_who_confirms_in_two_tabs_is_asked_again_about_the_one_just_bought(self, client):
        film = world.film()
        press_once(client, film)
        tabs = [fields(press_once(client, film)[1], f"/goods/{film.slug}/buy/") for _ in range(2)]
        answers = [client.post(f"/goods/{film.slug}/buy/", tab).status_code for tab in tabs]
        assert answers == [302, 409]
        assert Order.objects.count() == 2

    def test_after_five_minutes_or_a_declined_card_nothing_is_asked(self, client):
        film = world.film()
        press_once(client, film)
        Order.objects.update(placed_at=timezone.now() - timedelta(minutes=5, seconds=1))
        assert press_once(client, film)[1].status_code == 302
        Order.objects.filter(placed_at__gt=timezone.now() - timedelta(minutes=1)).update(state=OrderState.DECLINED)
        assert press_once(client, film)[1].status_code == 302

    def test_a_price_that_changed_since_the_page_was_shown_buys_nothing(self, client):
        film = world.film(price=500)
        told = fields(client.get(f"/goods/{film.slug}/"), f"/goods/{film.slug}/buy/")
        Product.objects.update(price=Money(600, JPY))
        page = client.post(f"/goods/{film.slug}/buy/", told, follow=True).content.decode()
        assert "the price was ¥500, now it is ¥600" in page
        assert not Order.objects.exists()

    def test_sold_out_says_so(self, client):
        kettle = world.kettle(stock=1)
        told = fields(client.get("/goods/kettle/"), "/goods/kettle/buy/")
        Product.objects.update(stock=0)
        page = client.post("/goods/kettle/buy/", told, follow=True).content.decode()
        assert "There is none left" in page and "Sold out" in page
        assert not Order.objects.exists()
        assert kettle.pk

    def test_without_what_the_page_showed_nothing_is_bought(self, client):
        film = world.film()
        for told in ({}, {"press": "long-enough"}, {"press": "x", "seen": "1:1:1:0"}):
            assert client.post(f"/goods/{film.slug}/buy/", told)["Location"] == f"/goods/{film.slug}/"
        assert not Order.objects.exists()

    def test_somebody_elses_press_is_refused(self, client, visitor):
        film = world.film()
        told, _ = press_once(client, film)
        visitor.force_login(world.customer("ben@customer.example"))
        assert visitor.post(f"/goods/{film.slug}/buy/", told).status_code == 403

    def test_a_parcel_without_an_address_is_not_offered(self, client, hana):
        world.kettle()
        hana.addresses.all().delete()
        page = client.get("/goods/kettle/").content.decode()
        assert "no address for parcels yet" in page and "/goods/kettle/buy/" not in page

    def test_held_to_buy_a_tap_without_javascript_is_asked_first(self, client):
        OneClick.objects.update(hold_to_buy=True)
        film = world.film()
        _, asked = press_once(client, film)
        assert asked.status_code == 200 and "Nothing is ordered yet" in asked.content.decode()
        assert not Order.objects.exists()
        assert client.post(f"/goods/{film.slug}/buy/", fields(asked, f"/goods/{film.slug}/buy/")).status_code == 302
        assert Order.objects.count() == 1

    def test_held_to_buy_a_held_button_buys_at_once(self, client):
        OneClick.objects.update(hold_to_buy=True)
        assert press_once(client, world.film(), sure="held")[1]["Location"].startswith("/orders/")


class TestSettings:
    def test_one_click_is_off_for_a_new_account(self, visitor):
        ben = Person.objects.create_user("ben@customer.example", world.PASSWORD, language="en")
        visitor.force_login(ben)
        film = world.film()
        assert "1-click is off" in visitor.get(f"/goods/{film.slug}/").content.decode()
        refused = visitor.post("/settings/buying/", {"is_on": "on"})
        assert refused.status_code == 422 and "needs a card" in refused.content.decode()

    def test_one_click_is_switched_off_and_on(self, client, hana):
        card, address = hana.cards.get(), hana.addresses.get()
        client.post("/settings/buying/", {"card": card.pk, "address": address.pk})
        assert not OneClick.objects.get().is_on
        told = {"is_on": "on", "card": card.pk, "address": address.pk, "hold_to_buy": "on"}
        assert client.post("/settings/buying/", told).status_code == 302
        choice = OneClick.objects.get()
        assert (choice.is_on, choice.hold_to_buy, choice.card, choice.address) == (True, True, card, address)

    def test_somebody_elses_card_and_address_cannot_be_chosen(self, client):
        ben = world.customer("ben@customer.example")
        told = {"is_on": "on", "card": ben.cards.get().pk, "address": ben.addresses.get().pk}
        assert client.post("/settings/buying/", told).status_code == 422
        assert client.post(f"/settings/cards/{ben.cards.get().pk}/remove/").status_code == 404
        assert client.post(f"/settings/addresses/{ben.addresses.get().pk}/remove/").status_code == 404
        assert client.get(f"/settings/addresses/{ben.addresses.get().pk}/").status_code == 404

    def test_a_removed_card_switches_one_click_off(self, client, hana):
        client.post(f"/settings/cards/{hana.cards.get().pk}/remove/")
        assert not OneClick.objects.get().is_on
        assert "No card is saved" in client.get("/settings/buying/").content.decode()

    def test_an_address_is_written_one_way_however_it_is_typed(self, client, hana):
        told = {"recipient": "花", "prefecture": "Osaka", "street": "北区 1-1"}
        for number, typed in enumerate(("５３０００１１", "〒530-0012", "530ー0013", " 530 0014 ")):
            assert client.post("/settings/addresses/new/", told | {"postcode": typed}).status_code == 302
            assert hana.addresses.filter(postcode=f"530-001{number + 1}").exists(), typed
        for typed in ("530001", "530-00111", "abc-defg", "٥٣٠-٠٠١١"):
            assert client.post("/settings/addresses/new/", told | {"postcode": typed}).status_code == 422
        assert (
            client.post("/settings/addresses/new/", told | {"postcode": "530-0011", "prefecture": "Mars"}).status_code
            == 422
        )
        assert (
            client.post("/settings/addresses/new/", told | {"postcode": "530-0011", "street": "a\nb"}).status_code
            == 422
        )

    def test_orders_keep_the_address_they_were_placed_with(self, client, hana):
        order, address = world.bought(hana, world.kettle()), hana.addresses.get()
        new = {"recipient": "H", "postcode": "5300011", "prefecture": "Osaka", "street": "Kita 1"}
        assert client.post(f"/settings/addresses/{address.pk}/", new).status_code == 302
        assert Order.objects.get(pk=order.pk).destination == world.destination()
        assert client.post(f"/settings/addresses/{address.pk}/remove/").status_code == 302
        assert not Address.objects.exists()
        assert Order.objects.get(pk=order.pk).destination == world.destination()
        assert OneClick.objects.get().address is None
