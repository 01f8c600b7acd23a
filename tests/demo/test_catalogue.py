import pytest
from django.core.management import call_command

from mioboe.demo import catalogue
from mioboe.demo.pictures.goods import drawn, shapes
from mioboe.orders.models import Category, Kind, Product
from mioboe.orders.search import found

pytestmark = pytest.mark.django_db
GOODS = [(told, slug, good) for told, goods in catalogue.told_categories() for slug, good in goods.items()]


def test_the_shop_has_enough_of_everything():
    assert len(GOODS) >= 200
    assert len({slug for _, slug, _ in GOODS}) == len(GOODS)
    assert len({told["slug"] for told, *_ in GOODS}) == 10
    assert sum("scene" in good for *_, good in GOODS) >= 20


def test_no_two_goods_say_the_same_or_look_the_same():
    for name in ("ja", "en", "about_ja", "about_en"):
        assert len({good[name] for *_, good in GOODS}) == len(GOODS), name
    pictures = [good.get("picture") or f"{slug}" for _, slug, good in GOODS]
    assert len(set(pictures)) == len(pictures)


def test_loading_again_changes_nothing():
    assert catalogue.load_goods() == len(GOODS)
    Product.objects.filter(slug="mug").update(stock=1, title_en="Sold to me")
    assert catalogue.load_goods() == 0
    assert Product.objects.get(slug="mug").stock == 1
    assert Product.objects.get(slug="mug").title_en == "Sold to me"


def test_a_row_of_an_older_demo_gets_what_it_lacks():
    Product.objects.create(
        slug="falling-stars", kind=Kind.FILM, title_ja="星", title_en="Stars", price=500, picture="x"
    )
    catalogue.load_goods()
    film = Product.objects.get(slug="falling-stars")
    assert film.category == Category.objects.get(slug="films")
    assert film.film_file and film.title_en == "Stars"


def test_loading_takes_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(50):
        catalogue.load_goods()


def test_loaded_goods_are_found_and_taxed():
    catalogue.load_goods()
    assert found("ラーメン").count() and found("telescope").count()
    assert Product.objects.get(slug="falling-stars").price.amount == 500
    ramen = Product.objects.get(slug="midnight-ramen")
    assert (ramen.tax_percent, int(ramen.tax.amount)) == (8, 28)
    assert int(Product.objects.get(slug="mug").tax.amount) == 145


def test_every_good_has_a_picture(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    catalogue.draw_pictures()
    catalogue.load_goods()
    ours = {f"goods/{file.name}" for file in (tmp_path / "goods").iterdir()}
    by_hand = {str(path) for path in Product.objects.values_list("picture", flat=True)} - ours
    assert all(path.startswith("shopfront/goods/") for path in by_hand)
    assert len(ours) + len(by_hand) == len(GOODS)
    assert catalogue.draw_pictures() == 0


def test_every_shape_is_sold():
    used = {good["picture"].split()[0] for *_, good in GOODS if "picture" in good}
    assert set(shapes()) - used == set()


def test_the_same_words_draw_the_same_picture():
    assert drawn("mug night moon") == drawn("mug night moon")
    assert "$" not in drawn("mug night moon") and "<motif" not in drawn("mug night moon")


def test_a_film_is_made_once_and_lasts_as_long_as_is_told(settings, tmp_path):
    import av

    settings.MIOBOE_FILMS_DIR = tmp_path
    call_command("make_clips", "lighthouse")
    made = tmp_path / "lighthouse.webm"
    before = made.stat().st_mtime_ns
    call_command("make_clips", "lighthouse")
    assert made.stat().st_mtime_ns == before
    catalogue.load_goods()
    with av.open(str(made)) as film:
        assert film.duration / 1_000_000 == Product.objects.get(slug="lighthouse").film_s
    assert not list(tmp_path.glob("*.part"))
