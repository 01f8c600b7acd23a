"""Cart and check-out, with an account and without."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from moneyed import JPY, Money

from mioboe.mails.models import Mail
from mioboe.orders.models import CartLine, Order, OrderState, Product
from mioboe.payments.gateways import CardFacts, Declined, Unsure
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.models import Card, Charge, ChargeState
from mioboe.people.models import Person
from tests import world
from tests.shopfront.pages import fields

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
GUEST = {
    "mail": "Guest@Visitor.example",
    "recipient": "Gen",
    "postcode": "1500001",
    "prefecture": "Tokyo",
    "street": "Jingumae 9-9-9",
}


@pytest.fixture(autouse=True)
def nobody_has_tried_yet() -> None:
    cache.clear()


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


@pytest.fixture
def card_page(monkeypatch) -> dict[str, CardFacts]:
    """The gateway's page, on which a card is typed at once."""
    entered: dict[str, CardFacts] = {}

    def begin_card(person_ref: str, return_url: str) -> str:
        reference = f"page-{len(entered)}"
        entered[reference] = CardFacts(f"tok-{len(entered)}-entered", "JCB", "0000", "12/2031", person_ref)
        return f"{return_url}?card={reference}"

    def finish_card(reference: str) -> CardFacts:
        if reference not in entered:
            raise Declined("no card was entered")
        return entered[reference]

    monkeypatch.setattr(till, "begin_card", begin_card)
    monkeypatch.setattr(till, "finish_card", finish_card)
    return entered


def put_in(client: Client, product: Product, quantity: object = 1):
    return client.post(f"/cart/{product.slug}/add/", {"quantity": quantity})


def pay(client: Client, **more):
    told = fields(client.get("/checkout/"), 'id="pay"') | more
    return told, client.post("/checkout/", told)


def enter_card(client: Client):
    return client.get(client.post("/settings/cards/enter/", {"next": "checkout"})["Location"])


class TestCart:
    def test_a_visitors_cart_comes_along_at_the_sign_in(self, visitor, hana):
        kettle, film = world.kettle(stock=9), world.film()
        put_in(visitor, kettle, 2)
        put_in(visitor, film)
        assert '<span class="visually-hidden">: </span>3' in visitor.get("/cart/").content.decode()
        own = Client(headers={"accept-language": "en"})
        own.force_login(hana)
        put_in(own, kettle, 3)
        visitor.post("/account/login/", {"login": hana.email, "password": world.PASSWORD})
        assert dict(CartLine.objects.values_list("product__slug", "quantity")) == {"kettle": 5, film.slug: 1}
        assert set(CartLine.objects.values_list("cart__person", flat=True)) == {hana.pk}

    def test_from_one_to_twenty_pieces_and_one_of_a_film(self, client):
        kettle, film = world.kettle(), world.film()
        for wrong in (0, -1, 21, "x", "", "9" * 400, "1\x00"):
            put_in(client, kettle, wrong)
        assert not CartLine.objects.exists()
        put_in(client, kettle, 15)
        put_in(client, kettle, 15)
        put_in(client, film, 3)
        client.post("/cart/kettle/change/", {"quantity": 500})
        assert dict(CartLine.objects.values_list("product__slug", "quantity")) == {"kettle": 20, film.slug: 1}
        client.post("/cart/kettle/change/", {"quantity": 7})
        assert CartLine.objects.get(product=kettle).quantity == 7

    def test_what_was_removed_can_be_put_back(self, client):
        put_in(client, world.kettle(), 4)
        client.post("/cart/kettle/remove/")
        page = client.get("/cart/").content.decode()
        assert "Removed: Kettle" in page and "Your cart is empty" in page
        client.post("/cart/kettle/put-back/")
        assert CartLine.objects.get().removed_at is None
        assert CartLine.objects.get().quantity == 4

    def test_somebody_elses_cart_is_not_touched(self, client, visitor):
        put_in(client, world.kettle(), 4)
        visitor.post("/cart/kettle/remove/")
        visitor.post("/cart/kettle/change/", {"quantity": 1})
        line = CartLine.objects.get()
        assert (line.quantity, line.removed_at) == (4, None)

    def test_a_price_that_changed_and_pieces_that_are_missing_are_shown_before_paying(self, client):
        put_in(client, world.kettle(stock=5), 3)
        Product.objects.update(price=Money(5000, JPY), stock=2)
        page = client.get("/cart/").content.decode()
        assert "the price was ¥4,800, now it is ¥5,000" in page
        assert "only 2 are left" in page
        assert "Go to the check-out" not in page


class TestCheckOut:
    def test_films_and_parcels_become_two_orders_with_a_charge_each(self, client):
        put_in(client, world.film(price=500))
        put_in(client, world.kettle(stock=9), 2)
        assert "two orders by one press" in client.get("/checkout/").content.decode()
        told, paid = pay(client)
        films, parcels = Order.objects.order_by("pk")
        assert paid["Location"] == client.post("/checkout/", told)["Location"] == f"/checkout/done/{films.number}/"
        assert Order.objects.count() == Charge.objects.count() == 2
        assert Charge.objects.get(reference=films.ref).state == ChargeState.CAPTURED
        assert Charge.objects.get(reference=parcels.ref).state == ChargeState.AUTHORISED
        assert [int(one.total.amount) for one in (films, parcels)] == [500, 9600]
        assert films.destination is None and parcels.destination == world.destination()
        page = client.get(paid["Location"]).content.decode()
        assert films.number[:4] in page and parcels.number[:4] in page and "One press, two orders" in page
        mails = {mail.about[0]: mail.text for mail in world.read_all("order_confirmed")}
        assert f"order {parcels.number[:4]}-{parcels.number[4:]}" in mails[films.ref]
        assert "Kettle  ¥4,800 × 2 = ¥9,600" in mails[parcels.ref]
        assert "10% consumption tax: ¥872" in mails[parcels.ref]
        assert "〒150-•••• Tokyo, H•••" in mails[parcels.ref] and "Jingumae" not in mails[parcels.ref]

    def test_nothing_is_bought_where_the_price_changed_and_the_page_says_so(self, client):
        put_in(client, world.kettle(stock=9), 2)
        told = fields(client.get("/checkout/"), 'id="pay"')
        Product.objects.update(price=Money(4900, JPY))
        shown = client.post("/checkout/", told)
        assert shown.status_code == 409
        assert "the price was ¥4,800, now it is ¥4,900" in shown.content.decode()
        assert not Order.objects.exists()
        assert client.post("/checkout/", fields(shown, 'id="pay"')).status_code == 302
        assert int(Order.objects.get().total.amount) == 9800

    def test_nothing_is_bought_where_the_promise_changed(self, client, monkeypatch):
        from mioboe.orders import offers

        put_in(client, world.kettle(stock=9))
        told = fields(client.get("/checkout/"), 'id="pay"')
        promise_for = offers.promise_for
        monkeypatch.setattr(offers, "promise_for", lambda product, to, now: promise_for(product, to, now + WEEK))
        shown = client.post("/checkout/", told)
        assert shown.status_code == 409 and "it arrives by" in shown.content.decode()
        assert not Order.objects.exists()

    def test_nothing_is_bought_where_the_cart_changed_in_another_tab(self, client):
        put_in(client, world.kettle(stock=9), 2)
        told = fields(client.get("/checkout/"), 'id="pay"')
        client.post("/cart/kettle/change/", {"quantity": 3})
        put_in(client, world.film())
        shown = client.post("/checkout/", told).content.decode()
        assert "2 pieces became 3" in shown and "Falling Stars is in the cart now" in shown
        assert not Order.objects.exists()

    def test_nothing_is_bought_where_one_of_two_is_sold_out(self, client):
        put_in(client, world.film())
        put_in(client, world.kettle(stock=2), 2)
        told = fields(client.get("/checkout/"), 'id="pay"')
        Product.objects.filter(slug="kettle").update(stock=1)
        shown = client.post("/checkout/", told)
        assert shown.status_code == 409 and "only 1 is left" in shown.content.decode()
        assert not Order.objects.exists() and not Charge.objects.exists()

    def test_a_second_press_after_buying_buys_nothing(self, client):
        put_in(client, world.kettle(stock=9))
        tabs = [fields(client.get("/checkout/"), 'id="pay"') for _ in range(2)]
        assert client.post("/checkout/", tabs[0])["Location"].startswith("/checkout/done/")
        assert client.post("/checkout/", tabs[1])["Location"] == "/cart/"
        assert Order.objects.count() == 1

    def test_a_declined_card_leaves_the_cart_as_it_was(self, client, hana):
        put_in(client, world.kettle(stock=9), 3)
        bad = Card.objects.create(person=hana, token="x-declined", brand="Visa", last4="0002", expires="09/2029")
        _, paid = pay(client, card=bad.pk)
        page = client.get(paid["Location"]).content.decode()
        assert "The card was declined" in page
        assert CartLine.objects.get(order=None).quantity == 3
        assert Product.objects.get().stock == 9
        assert client.post("/checkout/", fields(client.get("/checkout/"), 'id="pay"')).status_code == 302
        assert Order.objects.filter(state=OrderState.CONFIRMED).count() == 1

    def test_a_gateway_that_is_not_heard_is_asked_again_by_the_job(self, client, monkeypatch):
        from mioboe.orders.jobs import see_order_through

        put_in(client, world.kettle(stock=9))
        real = till.authorise

        def answer_lost(*arguments):
            real(*arguments)
            raise Unsure

        monkeypatch.setattr(till, "authorise", answer_lost)
        _, paid = pay(client)
        assert "waiting for the payment" in client.get(paid["Location"]).content.decode()
        monkeypatch.setattr(till, "authorise", real)
        see_order_through.func(order_id=Order.objects.get().pk)
        assert Order.objects.get().state == OrderState.CONFIRMED
        assert Charge.objects.count() == 1 and not CartLine.objects.exists()

    def test_an_expired_card_and_somebody_elses_are_not_used(self, client, hana):
        ben = world.customer("ben@customer.example")
        Card.objects.create(person=hana, token="old", brand="Visa", last4="1111", expires="01/2020")
        put_in(client, world.kettle(stock=9))
        assert "1111" not in client.get("/checkout/").content.decode()
        pay(client, card=ben.cards.get().pk, address=ben.addresses.get().pk)
        order = Order.objects.get()
        assert order.card.person == hana and order.address.person == hana

    def test_the_first_address_is_told_at_the_check_out_and_kept(self, client, hana):
        hana.addresses.all().delete()
        put_in(client, world.kettle(stock=9))
        told, refused = pay(client)
        assert refused.status_code == 422 and "This field is required" in refused.content.decode()
        assert client.post("/checkout/", told | GUEST).status_code == 302
        assert Order.objects.get().destination.street == hana.addresses.get().street == "Jingumae 9-9-9"

    def test_somebody_elses_order_is_not_shown(self, client, visitor):
        put_in(client, world.kettle(stock=9))
        _, paid = pay(client)
        assert visitor.get(paid["Location"]).status_code == 404
        assert visitor.get("/checkout/done/%00/").status_code == 400


class TestCards:
    def test_a_card_is_saved_by_the_gateways_page(self, client, hana, card_page):
        page = client.post("/settings/cards/enter/")["Location"]
        assert parse_qs(urlsplit(page).query)["card"] == ["page-0"]
        for _ in range(2):
            assert client.get(page).status_code == 302
        assert list(hana.cards.values_list("last4", flat=True)) == ["4242", "0000"]

    def test_a_link_alone_saves_nothing(self, client, card_page):
        client.post("/settings/cards/enter/")
        other = Client()
        other.force_login(world.customer("ben@customer.example"))
        assert other.get("/settings/cards/entered/?card=page-0").status_code == 302
        assert not Card.objects.filter(last4="0000").exists()

    def test_a_card_that_somebody_else_entered_is_refused(self, client, card_page):
        ben = Client(headers={"accept-language": "en"})
        ben.force_login(world.customer("ben@customer.example"))
        ben.post("/settings/cards/enter/")
        client.post("/settings/cards/enter/")
        page = client.get("/settings/cards/entered/?card=page-0", follow=True).content.decode()
        assert "No card was added" in page
        assert not Card.objects.filter(last4="0000").exists()

    def test_cards_are_not_tried_by_the_dozen(self, client, card_page):
        for _ in range(30):
            client.post("/settings/cards/enter/")
        assert len(card_page) == 10


class TestGuests:
    def guest_with_card(self, visitor: Client, **more) -> Client:
        put_in(visitor, world.kettle(stock=9))
        assert visitor.post("/checkout/guest/", GUEST | more)["Location"] == "/checkout/"
        enter_card(visitor)
        return visitor

    def test_a_guest_buys_with_a_mail_address_an_address_and_a_card(self, visitor, card_page):
        _, paid = pay(self.guest_with_card(visitor))
        order = Order.objects.get()
        assert (order.how, order.state, order.sign_in) == ("guest", OrderState.CONFIRMED, None)
        assert order.customer.email == "guest@visitor.example" and not order.customer.has_usable_password()
        assert order.destination.street == "Jingumae 9-9-9"
        assert visitor.get(paid["Location"]).status_code == 200
        assert Client().get(paid["Location"]).status_code == 404
        mail = world.read("order_confirmed")
        assert mail.to == "guest@visitor.example" and mail.person == order.customer
        link = re.search(r"http://[^/]+(/help/not-me/\S+)", mail.text)
        assert link and Client().get(link[1]).status_code == 200

    def test_a_guests_card_and_address_are_kept_for_nobody(self, visitor, card_page):
        pay(self.guest_with_card(visitor))
        assert not Card.objects.filter(removed_at=None).exists()
        assert not Order.objects.get().customer.addresses.exists()

    def test_an_accounts_mail_address_gives_nothing_away(self, visitor, hana, client, card_page):
        pages = []
        for mail in (hana.email, "nobody@visitor.example"):
            guest = Client(headers={"accept-language": "en"})
            put_in(guest, Product.objects.first() or world.kettle(stock=9))
            answer = guest.post("/checkout/guest/", GUEST | {"mail": mail})
            page = guest.get(answer["Location"]).content.decode()
            assert "4242" not in page and "Jingumae 0-0-0" not in page and "Hana" not in page
            pages.append(re.sub(r'value="[^"]*"|: "[^"]*"|\'[^\']*\'', "", page.replace(mail, "")))
            assert "id_password" not in page
        assert pages[0] == pages[1]

    def test_an_order_with_an_accounts_mail_address_is_in_its_history_only(self, visitor, hana, client, card_page):
        _, paid = pay(self.guest_with_card(visitor, mail=hana.email))
        order = Order.objects.get()
        assert order.customer == hana
        assert order.number[:4] in client.get(f"/orders/{order.number}/").content.decode()
        assert visitor.get(f"/orders/{order.number}/").status_code == 302
        assert "Jingumae 0-0-0" not in visitor.get(paid["Location"]).content.decode()
        assert "0000" not in client.get("/settings/buying/").content.decode()

    def test_a_guest_without_a_card_is_asked_for_one(self, visitor, card_page):
        put_in(visitor, world.kettle(stock=9))
        visitor.post("/checkout/guest/", GUEST)
        _, refused = pay(visitor)
        assert refused.status_code == 422 and "add a card first" in refused.content.decode()

    def test_another_mail_address_needs_another_card(self, visitor, card_page):
        self.guest_with_card(visitor)
        visitor.post("/checkout/guest/", GUEST | {"mail": "other@visitor.example"})
        _, refused = pay(visitor)
        assert refused.status_code == 422

    def test_mail_addresses_are_not_tried_by_the_dozen(self, visitor):
        put_in(visitor, world.kettle(stock=9))
        answers = [visitor.post("/checkout/guest/", GUEST).status_code for _ in range(8)]
        assert answers == [302] * 5 + [429] * 3
        answers = [
            visitor.post("/checkout/guest/", GUEST | {"mail": f"g{n}@visitor.example"}).status_code for n in range(30)
        ]
        assert answers.count(429) > 10
        assert Person.objects.count() <= 20

    def test_who_signs_in_is_a_guest_no_more(self, visitor, hana, card_page):
        self.guest_with_card(visitor)
        visitor.post("/account/login/", {"login": hana.email, "password": world.PASSWORD})
        page = visitor.get("/checkout/").content.decode()
        assert "guest@visitor.example" not in page and "4242" in page

    def test_a_guest_becomes_an_account_by_the_mailbox(self, visitor, card_page, run_jobs, no_mail_server):
        pay(self.guest_with_card(visitor))
        Client().post("/account/password/reset/", {"email": "guest@visitor.example"})
        run_jobs()
        assert "/account/password/reset/key/" in Mail.objects.exclude(kind="order_confirmed").get().text
