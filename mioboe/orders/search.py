"""Finding goods by words, in Japanese and English, with nothing but what PostgreSQL itself brings.

Text and question are folded to one form (width, case, kana, accents). Every pair of neighbouring characters of the text is
kept in an array with a GIN index: the index names the goods that have all pairs of the question, LIKE makes sure that they
have its words. So parts of words are found, as Japanese needs it, and the shortest question has one character.
"""

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from mioboe.orders.models.goods import Category, Product
from mioboe.orders.models.searching import folded, pairs

LONGEST_QUESTION = 100
MOST_WORDS = 8
MOST_NEARLY = 200


def words_of(question: str) -> list[str]:
    """What is looked for, folded: at most 8 words. English plurals lose their ending, so that "lamps" finds a lamp."""
    return [_singular(word) for word in folded(question[:LONGEST_QUESTION]).split()][:MOST_WORDS]


def _singular(word: str) -> str:
    if not word.isascii():
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def found(question: str) -> QuerySet[Product]:
    """The goods that have every word of the question, in no order; none where the question holds no word."""
    words = words_of(question)
    if not words:
        return Product.objects.none()
    goods = Product.objects.filter(words__pairs__contains=sorted({pair for word in words for pair in _rare(word)}))
    for word in words:
        goods = goods.filter(words__text__contains=word)
    return goods


def _rare(word: str) -> set[str]:
    """By what the index looks for a word: two neighbours say more than one character, which nearly every text has."""
    return {pair for pair in pairs(word) if len(pair) == 2} or pairs(word)


def best_first(goods: QuerySet[Product], question: str) -> QuerySet[Product]:
    """Titles that begin with a word of the question come first, then titles that have it, then what is only told about
    the goods; among equals what sells."""
    score = Value(0, IntegerField())
    for word in words_of(question):
        score = score + Case(
            When(words__title__contains=f" {word}", then=Value(3)),
            When(words__title__contains=word, then=Value(2)),
            default=Value(0),
        )  # type: ignore[assignment]
    return goods.annotate(score=score).order_by("-score", "-sold_lately", "id")


def shelves(goods: QuerySet[Product]) -> list[tuple[Category, int]]:
    """How many of the goods stand on which shelf."""
    counts = dict(goods.filter(category__isnull=False).values_list("category").annotate(Count("id")).order_by())
    return [(category, counts[category.pk]) for category in Category.objects.filter(pk__in=counts)]


def nearly(question: str, limit: int) -> list[Product]:
    """What may have been meant where nothing was found: goods whose titles share the most with the question, at least
    half of its pairs of letters. Looks at no more than 200 of them, what sells first."""
    wanted = {pair for word in words_of(question) for pair in _rare(word)}
    if not wanted:
        return []
    sharing = (
        Product.objects.filter(words__pairs__overlap=sorted(wanted))
        .select_related("words")
        .order_by("-sold_lately", "id")
    )
    scored = []
    for product in sharing[:MOST_NEARLY]:
        common = len(wanted & {pair for word in product.words.title.split() for pair in pairs(word)})
        if common * 2 >= len(wanted):
            scored.append((-common, product.pk, product))
    return [product for *_, product in sorted(scored, key=lambda row: row[:2])[:limit]]
