import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mioboe.demo.catalogue import load_goods
from mioboe.orders.actions import cancel_order, count_sales
from mioboe.orders.models import Category, Product
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(client):
    load_goods()
    client.cookies["django_language"] = "en"
    return client


def page(client, name, *arguments, **query):
    answer = client.get(reverse(f"shopfront:{name}", args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_home_page_shows_every_shelf_in_a_handful_of_queries(shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        shown = page(shop, "home")
    for name in ("Films", "Kitchen", "Food", "New in the shop"):
        assert name in shown


def test_the_pages_foot_leads_to_shelves_that_exist(client, shop):
    foot = page(shop, "home").rpartition("<footer")[2]
    for slug in ("films", "kitchen", "home"):
        assert f'href="/shelves/{slug}/"' in foot
        assert client.get(f"/shelves/{slug}/").status_code == 200
    Product.objects.all().delete()
    Category.objects.all().delete()
    assert "/shelves/" not in page(shop, "home")


def test_what_sells_is_on_the_shelf_of_popular_goods(shop):
    assert "Popular just now" not in page(shop, "home")
    order = world.bought(world.customer(), Product.objects.get(slug="mug"))
    count_sales()
    assert Product.objects.get(slug="mug").sold_lately == 1
    assert "Popular just now" in page(shop, "home")
    cancel_order(order)
    count_sales()
    assert Product.objects.get(slug="mug").sold_lately == 0


@pytest.mark.parametrize("sort", ["cheap", "dear", "new", "name", "nonsense"])
def test_a_shelf_shows_each_of_its_goods_once_over_its_pages(shop, sort):
    food = list(Product.objects.filter(category__slug="food"))
    seen = [
        product
        for number in (1, 2)
        for product in shop.get("/shelves/food/", {"sort": sort, "page": number}).context["page"].object_list
    ]
    assert len(seen) == len(food) and {product.pk for product in seen} == {product.pk for product in food}
    prices = [product.price.amount for product in seen]
    if sort == "cheap":
        assert prices == sorted(prices)
    if sort == "dear":
        assert prices == sorted(prices, reverse=True)


def test_a_shelf_that_is_not_there_is_not_found(shop):
    assert shop.get("/shelves/cellar/").status_code == 404


def test_search_keeps_the_question_and_narrows_down_by_shelf(shop):
    shown = page(shop, "search", q="moon")
    assert 'value="moon"' in shown
    answer = shop.get("/search/", {"q": "moon", "category": "food"})
    assert {product.category.slug for product in answer.context["page"].object_list} == {"food"}


def test_a_search_without_result_suggests_something(shop):
    assert "Nothing for" in page(shop, "search", q="refrigerator door hinge")
    assert "What are you looking for?" in page(shop, "search")
    assert "Did you mean one of these?" in page(shop, "search", q="telescoope")


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    *(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=most)
        for most in (200, 20, 20)
    )
)
def test_no_question_breaks_the_shop(client, question, number, other):
    assert client.get("/search/", {"q": question, "page": number, "category": other}).status_code == 200


def test_a_product_tells_price_tax_stock_and_promise(shop):
    Product.objects.filter(slug="kettle").update(stock=3)
    shown = page(shop, "product", "kettle")
    for words in ("¥4,800", "tax included (¥436, 10 %)", "3 left", "In Tokyo", "Sign in to buy", "On the same shelf"):
        assert words in shown
    assert "¥" in page(shop, "product", "midnight-ramen") and "8 %" in page(shop, "product", "midnight-ramen")


def test_what_is_sold_out_is_neither_promised_nor_offered(shop):
    Product.objects.filter(slug="kettle").update(stock=0)
    shown = page(shop, "product", "kettle")
    assert "Sold out" in shown
    assert "if ordered" not in shown and "Sign in to buy" not in shown


def test_a_film_is_there_at_once(shop):
    assert "To be watched at once" in page(shop, "product", "lighthouse")


def test_the_promise_is_told_on_the_viewers_clock(shop, monkeypatch):
    hana = world.customer()
    hana.time_zone = "Europe/London"
    hana.save()
    shop.force_login(hana)
    monkeypatch.setattr(
        timezone, "now", lambda: timezone.datetime(2026, 11, 25, 1, tzinfo=timezone.get_fixed_timezone(0))
    )
    shown = page(shop, "promise", "kettle")
    assert "In Tokyo today, 09:00–12:00" in shown
    assert "if ordered today before 04:00" in shown
    assert "All times are those of your clock." in shown


def test_the_promise_is_told_for_the_customers_own_address(shop):
    hana = world.customer()
    hana.addresses.update(postcode="900-0001", prefecture="Okinawa")
    shop.force_login(hana)
    assert "In Okinawa" in page(shop, "promise", "kettle")


def test_looking_writes_nothing(shop, django_assert_num_queries):
    with django_assert_num_queries(3) as asked:
        page(shop, "product", "kettle")
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
