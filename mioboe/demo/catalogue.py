"""The goods of the demo's shop: one readable file a category under goods/."""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.demo.pictures import films
from mioboe.demo.pictures.goods import drawn
from mioboe.orders.models import Category, Kind, Product, Words

FOLDER = Path(__file__).parent / "goods"
# The files list the newest first; each thing came so much later than the one under it.
BETWEEN_ARRIVALS = timedelta(days=9)
# Drawn pictures lie beside the collected ones, under this name.
PICTURES = "goods"


@transaction.atomic
def load_goods() -> int:
    """Adds the categories and goods that are missing, and what a row of an older demo lacks. Answers how many goods were
    added. Changes nothing that is there."""
    known = {product.slug: product for product in Product.objects.all()}
    added = []
    for told, goods in told_categories():
        facts = {"name_ja": told["ja"], "name_en": told["en"], "place": told["place"]}
        category, _ = Category.objects.get_or_create(slug=told["slug"], defaults=facts)
        for number, (slug, good) in enumerate(goods.items()):
            product = _product(slug, good, category, told.get("tax_percent", 10), number)
            if slug not in known:
                added.append(product)
            elif known[slug].category is None:
                _complete(known[slug], product)
    Words.objects.bulk_create(Words.of(product) for product in Product.objects.bulk_create(added))
    return len(added)


def told_categories() -> Iterator[tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
    """Each file's category and its goods, by slug."""
    for path in sorted(FOLDER.glob("*.toml")):
        goods = tomllib.loads(path.read_text())
        yield {**goods.pop("category"), "slug": path.stem}, goods


def _product(slug: str, told: dict[str, Any], category: Category, tax_percent: int, number: int) -> Product:
    is_film = "scene" in told
    return Product(
        slug=slug,
        kind=Kind.FILM if is_film else Kind.PARCEL,
        category=category,
        title_ja=told["ja"],
        title_en=told["en"],
        about_ja=told["about_ja"],
        about_en=told["about_en"],
        price=Money(told["price"], JPY),
        tax_percent=tax_percent,
        picture=_picture(slug, told),
        stock=told.get("stock"),
        packing_days=told.get("packing_days", 0),
        minutes=told.get("minutes"),
        film_file=f"{slug}.webm" if is_film else "",
        film_s=films.LENGTH_S if is_film else None,
        since=timezone.now() - number * BETWEEN_ARRIVALS,
    )


def _picture(slug: str, told: dict[str, Any]) -> str:
    """Drawn by hand where the data names a file, else drawn by us."""
    if "scene" in told:
        return str(told.get("poster", f"{PICTURES}/film-{slug}.svg"))
    return str(told["picture"]) if told["picture"].endswith(".svg") else f"{PICTURES}/{slug}.svg"


def _complete(old: Product, fresh: Product) -> None:
    for name in ("category", "tax_percent", "film_file", "film_s"):
        setattr(old, name, getattr(fresh, name))
    old.save()


def draw_pictures() -> int:
    """Draws the pictures that are missing or would look different now. Answers how many were drawn."""
    folder = Path(settings.STATIC_ROOT) / PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for _told, goods in told_categories():
        for slug, good in goods.items():
            path = _picture(slug, good)
            if not path.startswith(f"{PICTURES}/"):
                continue
            picture = films.poster(slug, good["scene"]) if "scene" in good else drawn(good["picture"])
            file = folder / path.removeprefix(f"{PICTURES}/")
            if not file.exists() or file.read_text() != picture:
                file.write_text(picture)
                written += 1
    return written
