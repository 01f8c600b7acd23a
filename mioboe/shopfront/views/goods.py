"""The shop's window: what there is, found and looked at."""

import secrets
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, Q, Window
from django.db.models.functions import Abs, RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mioboe.orders.models import Category, OneClick, Product
from mioboe.orders.promises import Promise, promise_for
from mioboe.orders.search import LONGEST_QUESTION, best_first, found, nearly, shelves
from mioboe.people.models import Address

ON_A_SHELF = 6
ON_A_PAGE = 24
RELATED = 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    place = Window(RowNumber(), partition_by=F("category"), order_by=[F("since").desc(), F("id").desc()])
    newest = (
        Product.objects.filter(category__isnull=False)
        .annotate(place_on_shelf=place)
        .filter(place_on_shelf__lte=ON_A_SHELF)
    )
    by_category: dict[int | None, list[Product]] = {}
    for product in newest.order_by("category", "place_on_shelf"):
        by_category.setdefault(product.category_id, []).append(product)
    categories = list(Category.objects.all())
    context = {
        "categories": categories,
        "shelves": [(category, by_category.get(category.pk, [])) for category in categories],
        "popular": Product.objects.filter(sold_lately__gt=0).order_by("-sold_lately", "id")[:ON_A_SHELF],
        "new": Product.objects.order_by("-since", "-id")[:ON_A_SHELF],
        "unsorted": Product.objects.filter(category=None).order_by("kind", "pk")[:ON_A_PAGE],
    }
    return render(request, "shopfront/home.html", context)


def _orderings() -> dict[str, tuple[str, ...]]:
    title = "title_ja" if (get_language() or "ja").startswith("ja") else "title_en"
    return {
        "new": ("-since", "-id"),
        "popular": ("-sold_lately", "id"),
        "cheap": ("price", "id"),
        "dear": ("-price", "id"),
        "name": (title, "id"),
    }


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    shelf = get_object_or_404(Category, slug=slug)
    orderings = _orderings()
    sort = request.GET.get("sort", "")
    sort = sort if sort in orderings else "new"
    goods = Product.objects.filter(category=shelf).order_by(*orderings[sort])
    context = {
        "category": shelf,
        "categories": Category.objects.all(),
        "page": Paginator(goods, ON_A_PAGE).get_page(request.GET.get("page")),
        "sort": sort,
        "query": urlencode({"sort": sort}),
    }
    return render(request, "shopfront/category.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    question = request.GET.get("q", "").replace("\0", "")[:LONGEST_QUESTION].strip()
    matches = found(question)
    facets = shelves(matches)
    chosen = next((shelf for shelf, _ in facets if shelf.slug == request.GET.get("category")), None)
    if chosen:
        matches = matches.filter(category=chosen)
    page = Paginator(best_first(matches, question), ON_A_PAGE).get_page(request.GET.get("page"))
    is_empty = not page.paginator.count
    context = {
        "question": question,
        "page": page,
        "facets": facets,
        "chosen": chosen,
        "all_count": sum(count for _, count in facets),
        "query": urlencode({"q": question, **({"category": chosen.slug} if chosen else {})}),
        "categories": Category.objects.all(),
        "nearly": nearly(question, ON_A_SHELF) if is_empty else [],
        "new": Product.objects.order_by("-since", "-id")[:ON_A_SHELF] if is_empty else [],
    }
    return render(request, "shopfront/search.html", context)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    shown: Product = get_object_or_404(Product.objects.select_related("category"), slug=slug)
    one_click = (
        OneClick.objects.select_related("card").filter(person=request.user, is_on=True).first()
        if request.user.is_authenticated
        else None
    )
    nearest = Product.objects.filter(~Q(pk=shown.pk), category=shown.category_id, category__isnull=False)
    context = {
        "product": shown,
        "one_click": one_click,
        "press": secrets.token_urlsafe(16),
        "promise": _promise(request, shown),
        "categories": Category.objects.all(),
        "related": nearest.order_by(Abs(F("price") - shown.price.amount), "id")[:RELATED],
    }
    return render(request, "shopfront/product.html", context)


@never_cache
@require_safe
def promise(request: HttpRequest, slug: str) -> HttpResponse:
    """The promise alone: a page asks for it anew when the time to order by has passed."""
    shown: Product = get_object_or_404(Product, slug=slug)
    return render(request, "shopfront/_promise.html", {"product": shown, "promise": _promise(request, shown)})


def _promise(request: HttpRequest, product: Product) -> Promise | None:
    return None if product.is_sold_out else promise_for(product, _address(request), timezone.now())


def _address(request: HttpRequest) -> Address | None:
    """Where a parcel would go: the address of one click, else the newest."""
    if not request.user.is_authenticated:
        return None
    choice = OneClick.objects.select_related("address").filter(person=request.user).first()
    if choice and choice.address:
        return choice.address
    return Address.objects.filter(person=request.user.pk).order_by("-since", "-id").first()
