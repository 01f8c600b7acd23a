"""How long a search takes among 100,000 goods: the words of the demo's 220 goods, mixed, loaded with COPY into a database of
its own run (nothing is kept), then each question asked through `orders.search` as the search page asks it: the count, the
shelves, the best 24. Prints the median of nine for each question, with the index and without it, and their ratio.

Run: python -m bench.search_goods [how many goods]"""

import json
import os
import random
import statistics
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mioboe.site.settings")
os.environ.setdefault("MIOBOE_DEMO", "1")

QUESTIONS = [
    "やかん",
    "月",
    "みかづき",
    "三日月の",
    "ｋｅｔｔｌｅ",
    "night",
    "quiet lamps",
    "やかん indigo",
    "ふくろう 夜",
    "zzzz",
    "a",
]
ROUNDS = 9


def main(count: int) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from mioboe.orders.search import best_first, found, shelves

    def ask(question: str) -> float:
        began = time.perf_counter()
        matches = found(question)
        matches.count(), shelves(matches), list(best_first(matches, question)[:24])
        return (time.perf_counter() - began) * 1000

    figures = {}
    with transaction.atomic():
        _load(count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE orders_product, orders_words")
        for question in QUESTIONS:
            times = {}
            for name, switch in (("index", "on"), ("each", "off")):
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL enable_bitmapscan = {switch}")
                times[name] = statistics.median(ask(question) for _ in range(ROUNDS))
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_bitmapscan = on")
            figures[question] = {
                "found": found(question).count(),
                "with_index_ms": round(times["index"], 1),
                "without_ms": round(times["each"], 1),
                "ratio": round(times["each"] / times["index"], 1),
                "uses_index": "product_words" in found(question).explain(),
            }
        transaction.set_rollback(True)
    for question, figure in figures.items():
        print(question, json.dumps(figure))


def _load(count: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from mioboe.demo.catalogue import told_categories
    from mioboe.orders.models import Category, Product, Words

    goods = [good for _, category in told_categories() for good in category.values()]
    chance = random.Random(1)
    categories = list(Category.objects.all())
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY orders_product (slug, kind, category_id, title_ja, title_en, about_ja, about_en, price, price_currency,"
            " tax_percent, picture, packing_days, film_file, since, sold_lately) FROM STDIN"
        ) as copy,
    ):
        for number in range(count):
            one, other = chance.choice(goods), chance.choice(goods)
            told = (f"{one['ja']} {number}", f"{other['en']} {number}", other["about_ja"], one["about_en"])
            shelf = chance.choice(categories).pk if categories else None
            price, sold = chance.randrange(100, 20000), chance.randrange(50)
            row = (f"bench-{number}", "parcel", shelf, *told, price, "JPY", 10, "x.svg", 0, "", timezone.now(), sold)
            copy.write_row(row)
    fresh = Product.objects.filter(words=None).select_related("category")
    with connection.cursor() as cursor:
        words = [Words.of(product) for product in fresh]
        with cursor.copy("COPY orders_words (product_id, title, text, pairs) FROM STDIN") as copy:
            for row in words:
                copy.write_row((row.product_id, row.title, row.text, row.pairs))
        cursor.execute("SELECT gin_clean_pending_list('product_words')")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
