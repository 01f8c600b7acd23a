import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from moneyed import JPY, Money

from mioboe.orders.models import Category, Kind, Product, Words
from mioboe.orders.models.searching import folded
from mioboe.orders.search import best_first, found, nearly, shelves, words_of

pytestmark = pytest.mark.django_db


def good(slug: str, ja: str, en: str, about: str = "", category: Category | None = None, price: int = 900) -> Product:
    return Product.objects.create(
        slug=slug,
        kind=Kind.PARCEL,
        category=category,
        title_ja=ja,
        title_en=en,
        about_ja=about,
        price=Money(price, JPY),
        picture="x.svg",
        stock=3,
    )


def slugs(question: str) -> list[str]:
    return [product.slug for product in best_first(found(question), question)]


@pytest.mark.parametrize(
    "question",
    ["ヤカン", "やかん", "ﾔｶﾝ", "やか", "かん", "藍", "KETTLE", "ｋｅｔｔｌｅ", "kettles", "ettl", " 藍色　やかん "],
)
def test_goods_are_found_however_their_words_are_written(question):
    good("kettle", "藍色のやかん", "Indigo kettle")
    good("mug", "夜ふかしのマグ", "Night owl mug")
    assert slugs(question) == ["kettle"]


def test_every_word_must_be_there():
    good("kettle", "藍色のやかん", "Indigo kettle")
    good("notebook", "藍色の手帳", "Indigo notebook")
    assert slugs("indigo kettle") == ["kettle"]
    assert slugs("やかん indigo") == ["kettle"]
    assert slugs("やかん 手帳") == []


def test_what_shares_the_pairs_but_not_the_word_is_not_found():
    good("other", "やか かん", "Other")
    assert slugs("やかん") == []


def test_titles_come_before_what_is_only_told():
    good("tea", "お茶", "Tea", about="マグに入れてどうぞ")
    good("mug", "大きなマグ", "Mug")
    assert slugs("マグ") == ["mug", "tea"]


def test_what_sells_comes_first_among_equals():
    first, second = good("a", "マグ", "Mug"), good("b", "マグ", "Mug")
    Product.objects.filter(pk=second.pk).update(sold_lately=4)
    assert slugs("マグ") == [second.slug, first.slug]


def test_a_changed_title_is_found_by_its_new_words_only():
    kettle = good("kettle", "やかん", "Kettle")
    kettle.title_ja = "鉄びん"
    kettle.save(update_fields=["title_ja"])
    assert slugs("鉄びん") == ["kettle"]
    assert slugs("やかん") == []


def test_a_sale_does_not_touch_the_words(django_assert_num_queries):
    kettle = good("kettle", "やかん", "Kettle")
    kettle.stock = 2
    with django_assert_num_queries(3):  # the row, within a savepoint
        kettle.save(update_fields=["stock"])


def test_goods_are_found_by_their_shelf():
    kitchen = Category.objects.create(slug="kitchen", name_ja="台所", name_en="Kitchen")
    good("mug", "マグ", "Mug", category=kitchen)
    assert slugs("台所") == ["mug"]
    assert shelves(found("mug")) == [(kitchen, 1)]


@pytest.mark.parametrize("question", ["", " ", "!?", "%", "_", "\\", "・", "'; --"])
def test_a_question_without_words_finds_nothing(question):
    good("mug", "マグ", "Mug")
    assert slugs(question) == []


@given(st.text(max_size=300))
def test_any_question_is_answered(question):
    assert len(words_of(question)) <= 8
    assert slugs(question.replace("\0", "")) == []


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


def test_a_slip_of_the_finger_is_answered_with_what_may_have_been_meant():
    good("kettle", "ケトル", "Kettle")
    assert [product.slug for product in nearly("ケトル屋", 3)] == ["kettle"]
    assert nearly("冷蔵庫", 3) == []


def test_the_index_names_the_goods_not_a_look_at_each():
    goods = Product.objects.bulk_create(
        Product(
            slug=f"good-{number}",
            kind=Kind.PARCEL,
            title_ja=f"品物{number}番",
            title_en=f"Thing {number}",
            price=Money(100, JPY),
            picture="x.svg",
        )
        for number in range(5000)
    )
    Words.objects.bulk_create(Words.of(product) for product in goods)
    good("kettle", "藍色のやかん", "Indigo kettle")
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('product_words')")  # as autovacuum does
        cursor.execute("ANALYZE orders_product, orders_words")
    assert "product_words" in found("やかん").explain()
    assert slugs("やかん") == ["kettle"]
