from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import JPY, Money

from mioboe.orders.actions import give_back, undo_order
from mioboe.orders.history import Key, Wanted, amount_in, every_order, number_in, page_of, top_of, years_of
from mioboe.orders.models import Access, HowBought, Kind, Line, Order, OrderState, Parcel, ParcelState, Product
from mioboe.people.models import Person
from tests import world

pytestmark = pytest.mark.django_db
BEGIN = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
def hana() -> Person:
    return world.customer()


def many(person: Person, count: int, product: Product | None = None, begin: datetime = BEGIN) -> list[Order]:
    """Orders one an hour, without going through the gateway."""
    product = product or Product.objects.filter(slug="kettle").first() or world.kettle()
    card = person.cards.get()
    orders = [
        Order.objects.create(
            customer=person,
            card=card,
            how=HowBought.CART,
            press=f"many-{Order.objects.count()}",
            total=product.price,
            state=OrderState.CONFIRMED,
            placed_at=begin + timedelta(hours=number),
        )
        for number in range(count)
    ]
    for order in orders:
        Line.objects.create(
            order=order, product=product, title_ja=product.title_ja, title_en=product.title_en, price=product.price
        )
        if product.kind == Kind.PARCEL:
            Parcel.objects.create(order=order, state=ParcelState.DELIVERED)
    return orders


def found(person: Person, **wanted: object) -> list[str]:
    return [order.number for order in page_of(person, Wanted(**wanted), size=50).orders]  # type: ignore[arg-type]


def test_everything_is_in_one_list_whatever_became_of_it(hana):
    film, kettle = world.film(), world.kettle(stock=9)
    undone = world.bought(hana, film, "press-undone")
    undo_order(undone, "press-undo-it")
    kept = world.bought(hana, kettle, "press-kept")
    hana.cards.update(token="tok-declined")
    declined = world.bought(hana, kettle, "press-declined")
    assert declined.state == OrderState.DECLINED
    assert found(hana) == [declined.number, kept.number, undone.number]


def test_nobody_sees_somebody_elses_orders(hana, client):
    ben = world.customer("ben@customer.example")
    order = many(ben, 1)[0]
    assert (
        found(hana) == found(hana, text=order.number) == found(hana, text="kettle") == found(hana, kind="parcel") == []
    )
    client.force_login(hana)
    assert order.number not in client.get("/orders/orders.csv").getvalue().decode()
    for path in ("", "undo/", "mails/K7QM2X9P/"):
        assert client.get(f"/orders/{order.number}/{path}").status_code == 404
    assert client.post(f"/orders/{order.number}/undo/", {"press": "x" * 20}).status_code == 404


def test_pages_follow_one_another_without_a_gap_and_back_again(hana):
    numbers = [order.number for order in reversed(many(hana, 25))]
    first = page_of(hana, Wanted())
    second = page_of(hana, Wanted(), older_than=first.older)
    third = page_of(hana, Wanted(), older_than=second.older)
    assert [order.number for page in (first, second, third) for order in page.orders] == numbers
    assert (first.newer, third.older) == (None, None)
    back = page_of(hana, Wanted(), newer_than=third.newer)
    assert back.orders == second.orders
    assert page_of(hana, Wanted(), newer_than=second.newer).orders == first.orders


def test_new_orders_do_not_move_the_pages_below(hana):
    many(hana, 25)
    first = page_of(hana, Wanted())
    second = page_of(hana, Wanted(), older_than=first.older).orders
    many(hana, 3, begin=BEGIN + timedelta(days=30))
    assert page_of(hana, Wanted(), older_than=first.older).orders == second


def test_orders_of_the_same_moment_are_each_listed_once(hana):
    orders = many(hana, 25)
    Order.objects.update(placed_at=BEGIN)
    Line.objects.update(placed_at=BEGIN)
    for wanted in (Wanted(), Wanted(kind="parcel")):
        assert sorted(order.number for order in every_order(hana, wanted)) == sorted(order.number for order in orders)
        first = page_of(hana, wanted)
        last = page_of(hana, wanted, older_than=page_of(hana, wanted, older_than=first.older).older)
        assert len(last.orders) == 5
        assert len(page_of(hana, wanted, newer_than=last.newer).orders) == 10


def test_an_order_with_several_lines_is_listed_once(hana):
    order = many(hana, 1)[0]
    for _ in range(3):
        Line.objects.create(
            order=order, product=world.Product.objects.get(), title_ja="やかん", title_en="Kettle", price=order.total
        )
    assert found(hana, kind="parcel") == found(hana, text="kettle") == [order.number]


def test_words_are_found_in_both_languages_and_every_writing(hana):
    film = world.film()
    film.title_ja, film.title_en = "ﾎｼﾌﾙ夜に（吹替版）", "Café of Falling Stars"
    film.save()
    order, other = many(hana, 1, film)[0], many(hana, 1)[0]
    for words in (
        "ほしふる",
        "ホシフル",
        "ﾎｼﾌﾙ",
        "夜に",
        "falling",
        "FALLING  stars",
        "ｆａｌｌｉｎｇ",
        "stars café",
        "(吹替",
    ):
        assert found(hana, text=words) == [order.number], words
    assert found(hana, text="やかん") == found(hana, text="KETTLE") == [other.number]
    assert found(hana, text="%") == found(hana, text="fall_ng") == []


def test_an_order_number_is_found_however_it_was_typed(hana):
    order = many(hana, 3)[1]
    Order.objects.filter(pk=order.pk).update(number="K7QM20X1")
    for typed in ("K7QM-20X1", "k7qm 20x1", "K7QM2OXI", "ｋ７ｑｍ－２０ｘ１", "k7qmー20xl", "K7QM"):
        assert found(hana, text=typed) == ["K7QM20X1"], typed
    assert number_in("K7Q") == number_in("K7QM20X12") == number_in("umbrella!") == ""


def test_an_amount_is_found_in_the_total_and_in_a_line(hana):
    kettle, mug = many(hana, 1)[0], world.film("mug", 1600)
    cheap = many(hana, 1, mug)[0]
    for typed in ("1600", "1,600", "￥1,600", "¥1600", "１６００円", "1600 yen"):
        assert found(hana, text=typed) == [cheap.number], typed
    Order.objects.filter(pk=kettle.pk).update(total=6400)
    assert found(hana, text="6400") == found(hana, text="4800") == [kettle.number]
    assert amount_in("1,60") is amount_in("0") is amount_in("9" * 30) is amount_in("kettle") is None


def test_filters_narrow_the_list_and_go_together(hana):
    kettle, film = world.kettle(stock=9), world.film()
    sent, mine = many(hana, 2, kettle)
    watched, fresh = many(hana, 2, film, BEGIN + timedelta(days=400))
    for order, seconds in ((watched, 600), (fresh, 3)):
        Access.objects.create(line=order.lines.get(), person=hana, watched_s=seconds)
    mine.parcels.update(state=ParcelState.WAITING)
    assert found(hana, kind="film") == [fresh.number, watched.number]
    assert found(hana, year=2024) == [mine.number, sent.number]
    assert found(hana, undoable=True) == [fresh.number, mine.number]
    assert found(hana, undoable=True, kind="parcel") == found(hana, undoable=True, text="kettle") == [mine.number]
    assert found(hana, state="coming") == [mine.number]
    assert found(hana, kind="film", year=2024) == []
    undo_order(mine, "press-undo-it")
    assert found(hana, state="cancelled") == found(hana, state="cancelled", text="やかん") == [mine.number]
    assert found(hana, undoable=True) == [fresh.number]
    sent.parcels.update(state=ParcelState.RETURNED)
    assert found(hana, state="returned") == [sent.number]
    Order.objects.filter(pk=fresh.pk).update(state=OrderState.DECLINED)
    assert found(hana, state="declined") == found(hana, state="declined", kind="film") == [fresh.number]


def test_refunded_orders_are_found(hana):
    kept, undone = (world.bought(hana, world.film(f"film-{number}"), f"press-{number}") for number in range(2))
    give_back(undo_order(undone, "press-undo-it").cancellations[0])
    assert found(hana, state="refunded") == found(hana, state="refunded", kind="film") == [undone.number]
    assert kept.number in found(hana)


def test_years_can_be_jumped_to(hana):
    old = many(hana, 2, begin=datetime(2022, 3, 1, tzinfo=UTC))
    many(hana, 2)
    assert years_of(hana) == [2024, 2023, 2022]
    page = page_of(hana, Wanted(), older_than=top_of(2023))
    assert page.orders == list(reversed(old))
    assert page.newer is not None
    assert years_of(world.customer("new@customer.example")) == []


def test_a_year_begins_at_midnight_on_the_viewers_clock(hana):
    order = many(hana, 1, begin=datetime(2023, 12, 31, 15, 30, tzinfo=UTC))[0]  # 0:30 of New Year's Day in Tokyo
    assert found(hana, year=2024) == [order.number]
    assert found(hana, year=2023) == []


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1-", "-1", "1-2-3", "9" * 17 + "-1", "1-" + "9" * 19, "１-２", "1-2\n"]
)
def test_a_key_that_is_none_is_let_go(text):
    key = Key.read(text)
    assert key is None or Key.read(key.text) == key


def test_a_page_of_the_history_costs_the_same_for_one_order_and_for_fifty(client):
    counts = []
    for count in (1, 50):
        person = world.customer(f"c{count}@customer.example")
        for number, order in enumerate(many(person, count)):
            if number % 2:
                Line.objects.create(
                    order=order, product=order.lines.get().product, title_ja="茶", title_en="Tea", price=order.total
                )
        client.force_login(person)
        for query in ("", "?q=kettle", "?q=4800", "?undoable=1&kind=parcel", "?state=refunded", "?top=2024&size=50"):
            client.get(f"/orders/{query}")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/orders/{query}").status_code == 200
            counts.append((query, count, len(queries)))
    ones, fifties = counts[: len(counts) // 2], counts[len(counts) // 2 :]
    assert [number for _, _, number in ones] == [number for _, _, number in fifties], counts
    assert max(number for _, _, number in counts) <= 17


def test_the_page_itself_shows_every_row_with_a_way_to_report_it(hana, client):
    client.force_login(hana)
    orders = many(hana, 12)
    page = client.get("/orders/").content.decode()
    assert page.count("/help/orders/") >= 10
    assert "older=" in page and "newer=" not in page
    assert client.get("/orders/?size=1000").content.decode().count("data-order") == 10
    for order in orders[2:]:
        assert f"/help/orders/{order.number}/" in page


@pytest.mark.parametrize(
    "query",
    ["q=" + "x" * 5000, "kind=x", "state=x", "year=x", "year=99999", "year=0", "top=9998", "size=-1", "older=x",
     "newer=99999999999999999-1", "older=0-0", "q=%25_%5C", "undoable=x", "year=9999", "top=1"],
)  # fmt: skip
def test_nonsense_in_the_address_is_let_go(hana, client, query):
    client.force_login(hana)
    many(hana, 1)
    assert client.get(f"/orders/?{query}").status_code == 200
    assert client.get(f"/orders/orders.csv?{query}").status_code == 200


def test_empty_lists_say_what_to_do_next(hana, client):
    client.force_login(hana)
    assert "No orders yet" in client.get("/orders/").content.decode()
    many(hana, 1)
    page = client.get("/orders/?q=nowhere").content.decode()
    assert "No order fits that" in page and "/help/contact/" in page


def test_ones_orders_can_be_saved_as_a_file(hana, client):
    client.force_login(hana)
    product = world.kettle()
    product.title_en = '=HYPERLINK("http://evil.example")'
    product.save()
    many(hana, 60, product)
    text = client.get("/orders/orders.csv").getvalue().decode()
    lines = text.splitlines()
    assert text.startswith("\ufeff") and len(lines) == 61
    assert "'=HYPERLINK" in lines[1] and ",=HYPERLINK" not in text
    assert "4800" in lines[1] and "2024-06-0" in lines[1]
    assert len(client.get("/orders/orders.csv?year=2020").getvalue().decode().splitlines()) == 1


def test_lines_and_parcels_take_their_facts_from_the_order_however_they_are_written(hana):
    order = many(hana, 1)[0]
    product = order.lines.get().product
    Line.objects.bulk_create(
        [Line(order=order, product=product, title_ja="ヤカン", title_en="Ｋettle", price=Money(1, JPY))]
    )
    line = order.lines.order_by("-pk")[0]
    assert (line.customer_id, line.placed_at, line.kind, line.words) == (hana.pk, BEGIN, "parcel", "やかん kettle")
    assert order.parcels.get().customer_id == hana.pk
