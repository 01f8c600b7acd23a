"""A guest watches by the link in the order mail: it proves the mailbox, works once, and can be had anew."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from mioboe.mails.later import finish_words
from mioboe.mails.models import Link, Mail
from mioboe.orders.actions import FILM_LINK_PURPOSE, revoke_access
from mioboe.orders.models import Access, CartLine, HowBought, Order, OrderState, Product
from mioboe.payments.models import Card
from mioboe.trail.models import Entry
from tests import world
from tests.shopfront.pages import fields

pytestmark = pytest.mark.django_db
MAIL = "guest@visitor.example"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet() -> None:
    cache.clear()


@pytest.fixture
def film(settings, tmp_path) -> Product:
    settings.MIOBOE_FILMS_DIR = tmp_path
    (tmp_path / "stars.webm").write_bytes(b"film" * 100)
    film = world.film()
    Product.objects.filter(pk=film.pk).update(film_file="stars.webm", film_s=24)
    return film


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def buy(visitor: Client, *goods: Product, **told) -> Order:
    for product in goods:
        visitor.post(f"/cart/{product.slug}/add/", {"quantity": 1})
    assert visitor.post("/checkout/guest/", {"mail": MAIL} | told).status_code == 302
    guest = visitor.session["guest"]
    card = Card.objects.create(
        person_id=guest["person"], token="tok-guest", brand="JCB", last4="0000", expires="12/2031"
    )
    session = visitor.session
    session["guest"] = guest | {"card": card.pk}
    session.save()
    paid = visitor.post("/checkout/", fields(visitor.get("/checkout/"), 'id="pay"'))
    assert paid["Location"].startswith("/checkout/done/"), paid
    return Order.objects.get(number=paid["Location"].split("/")[3])


@pytest.fixture
def order(film) -> Order:
    return buy(browser(), film)


def link_in(mail: Mail) -> str:
    found = re.search(r"http://[^/]+(/watch/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def link_of(order: Order) -> str:
    mail = Mail.objects.filter(about__contains=[order.ref]).latest("pk")
    finish_words(mail)
    return link_in(mail)


def watch(order: Order) -> str:
    return f"/orders/{order.number}/watch/"


def clip(order: Order) -> str:
    return f"/orders/{order.number}/watch/falling-stars/clip/"


def test_a_film_is_bought_with_nothing_but_a_mail_address_and_a_card(film):
    visitor = browser()
    visitor.post(f"/cart/{film.slug}/add/", {"quantity": 1})
    assert 'name="street"' not in visitor.get("/checkout/").content.decode()
    order = buy(visitor)
    assert (order.state, order.how, order.destination) == (OrderState.CONFIRMED, HowBought.GUEST, None)
    assert "Open the mail to watch" in visitor.get(f"/checkout/done/{order.number}/").content.decode()


def test_a_parcel_beside_it_needs_the_address(film):
    visitor = browser()
    visitor.post(f"/cart/{film.slug}/add/", {"quantity": 1})
    visitor.post("/checkout/guest/", {"mail": MAIL})
    visitor.post(f"/cart/{world.kettle(stock=9).slug}/add/", {"quantity": 1})
    page = visitor.get("/checkout/")
    assert 'name="street"' in page.content.decode() and MAIL in page.content.decode()
    assert visitor.post("/checkout/", {"press": "press-123456"}).status_code == 302
    assert not Order.objects.exists() and CartLine.objects.count() == 2
    whole = {"recipient": "Gen", "postcode": "1500001", "prefecture": "Tokyo", "street": "Jingumae 9-9-9"}
    films = buy(visitor, **whole)
    assert films.destination is None and films.bought_with.destination.street == "Jingumae 9-9-9"


def test_paying_alone_lets_nobody_watch(film):
    """Whoever typed a mail address has not shown that it is theirs."""
    visitor = browser()
    order = buy(visitor, film)
    assert visitor.get(watch(order)).status_code == 302
    assert visitor.get(clip(order)).status_code == 302


def test_opening_the_link_changes_nothing_and_one_press_lets_this_browser_watch(order):
    guest = browser()
    link = link_of(order)
    for _ in range(2):
        assert guest.get(link).status_code == 200
    assert guest.get(watch(order)).status_code == 302
    assert guest.post(link)["Location"] == watch(order)
    page = guest.get(watch(order)).content.decode()
    assert "<video" in page
    assert Access.objects.get().opened_at is None
    assert guest.get(clip(order)).status_code == 200
    assert Access.objects.get().opened_at
    position = {"position": "12", "farthest": "12"}
    assert guest.post(f"/orders/{order.number}/watch/falling-stars/progress/", position).status_code == 204
    assert Access.objects.get().position_s == 12
    assert Entry.objects.filter(verb="access.link_used", about__contains=[order.ref]).count() == 1


def test_the_link_opens_this_order_only_and_only_its_films(order):
    guest = browser()
    guest.post(link_of(order))
    other = world.bought(world.customer(), Product.objects.get())
    assert guest.get(watch(other)).status_code == 302
    for path in (f"/orders/{order.number}/", f"/orders/{order.number}/undo/", f"/help/orders/{order.number}/"):
        assert guest.get(path).status_code == 302


def test_the_link_works_once_and_this_browser_goes_on_with_it(order):
    first, second = browser(), browser()
    link = link_of(order)
    first.post(link)
    assert first.get(link)["Location"] == first.post(link)["Location"] == watch(order)
    spent = second.get(link)
    assert spent.status_code == 410 and "Mail me a new link" in spent.content.decode()
    assert second.post(link).status_code == 410
    assert second.get(watch(order)).status_code == 302


@pytest.mark.parametrize("how", ["used", "expired"])
def test_a_new_link_is_mailed_to_the_same_address_and_never_shown(order, how):
    link = link_of(order)
    if how == "used":
        browser().post(link)
    else:
        Link.objects.filter(purpose=FILM_LINK_PURPOSE).update(expires_at=timezone.now() - timedelta(seconds=1))
    other = browser()
    assert other.get(link).status_code == 410
    mails = Mail.objects.count()
    answer = other.post(f"{link}new/").content.decode()
    mail = Mail.objects.latest("pk")
    assert "g•••@visitor.example" in answer and link_in(mail) not in answer
    assert (Mail.objects.count(), mail.kind, mail.to) == (mails + 1, "film_link", MAIL)
    assert other.post(link_in(mail))["Location"] == watch(order)


def test_new_links_are_not_asked_for_by_the_dozen(order):
    link = link_of(order)
    browser().post(link)
    for _ in range(30):
        assert browser().post(f"{link}new/").status_code == 200
    assert Mail.objects.filter(kind="film_link").count() == 5


def test_a_good_link_is_not_replaced(order):
    link = link_of(order)
    assert browser().post(f"{link}new/")["Location"] == link
    assert not Mail.objects.filter(kind="film_link").exists()


def test_a_withdrawn_film_ends_it_wherever_one_is(order):
    guest = browser()
    link = link_of(order)
    guest.post(link)
    assert guest.get(clip(order)).status_code == 200
    revoke_access(order)
    assert guest.get(clip(order)).status_code == 403
    assert guest.get(watch(order)).status_code == 403
    assert guest.post(f"/orders/{order.number}/watch/falling-stars/progress/", {"position": "1"}).status_code in (
        400,
        403,
    )
    late = browser()
    assert "can no longer be watched" in late.get(link).content.decode()
    late.post(f"{link}new/")
    assert not Mail.objects.filter(kind="film_link").exists()


def test_who_is_signed_in_as_somebody_else_does_not_use_it(order):
    ben = browser()
    ben.force_login(world.customer("ben@customer.example"))
    link = link_of(order)
    assert ben.get(link).status_code == ben.post(link).status_code == 403
    assert ben.get(watch(order)).status_code == 404


def test_an_account_with_the_same_mail_address_watches_without_the_link(film):
    hana = world.customer(MAIL)
    order = buy(browser(), film)
    owner = browser()
    owner.force_login(hana)
    assert owner.get(watch(order)).status_code == 200
    assert owner.get(link_of(order))["Location"] == watch(order)


@pytest.mark.parametrize("secret", ["x", "x" * 500, "%00", "é"])
def test_a_link_that_nobody_made_is_not_known(secret):
    assert browser().get(f"/watch/{secret}/").status_code in (400, 404)
    assert browser().post(f"/watch/{secret}/new/").status_code in (302, 400, 404)


def test_a_customers_order_mail_and_a_parcels_have_no_such_link(film):
    hana = world.customer()
    mail = Mail.objects.filter(about__contains=[world.bought(hana, film).ref]).get(kind="order_confirmed")
    assert "/watch/" not in mail.text and not Link.objects.filter(purpose=FILM_LINK_PURPOSE).exists()
