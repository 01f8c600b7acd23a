"""The shop's window: what there is, found and looked at."""

import secrets
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, Q, Window
from django.db.models.functions import Abs, RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mioboe.orders.delivery import english, japanese
from mioboe.orders.models import Category, Destination, OneClick, Product
from mioboe.orders.promises import promise_for
from mioboe.orders.search import LONGEST_QUESTION, best_first, found, nearly, shelves
from mioboe.people.models import Address
from mioboe.shopfront import places
from mioboe.shopfront.forms import PlaceForm
from mioboe.signins.places import PREFECTURES
from mioboe.site.language import is_japanese

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
    title = "title_ja" if is_japanese() else "title_en"
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
    return _page(request, _product(slug))


@never_cache
@require_safe
def promise(request: HttpRequest, slug: str) -> HttpResponse:
    """The promise alone: a page asks for it anew when the time to order by has passed."""
    return render(request, "shopfront/_promise.html", _promised(request, _product(slug)))


@require_POST
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Keeps for which place the promises are, for whoever has no address here."""
    shown, is_part = _product(slug), bool(request.headers.get("HX-Request"))
    form = PlaceForm(request.POST)
    if form.is_valid():
        places.choose(request, form.cleaned_data["place"])
        if not is_part:
            return redirect("shopfront:product", slug)
    if is_part:  # htmx shows nothing of an answer that is an error
        return render(request, "shopfront/_promise.html", _promised(request, shown, form))
    return _page(request, shown, form, 422)


def _product(slug: str) -> Product:
    found: Product = get_object_or_404(Product.objects.select_related("category"), slug=slug)
    return found


def _page(request: HttpRequest, shown: Product, form: PlaceForm | None = None, status: int = 200) -> HttpResponse:
    one_click = (
        OneClick.objects.select_related("card").filter(person=request.user, is_on=True).first()
        if request.user.is_authenticated
        else None
    )
    nearest = Product.objects.filter(~Q(pk=shown.pk), category=shown.category_id, category__isnull=False)
    context = {
        **_promised(request, shown, form),
        "one_click": one_click,
        "press": secrets.token_urlsafe(16),
        "categories": Category.objects.all(),
        "related": nearest.order_by(Abs(F("price") - shown.price.amount), "id")[:RELATED],
    }
    return render(request, "shopfront/product.html", context, status=status)


def _promised(request: HttpRequest, shown: Product, form: PlaceForm | None = None) -> dict[str, object]:
    to = places.where_to(request)
    names = japanese if is_japanese() else english
    return {
        "product": shown,
        "promise": None if shown.is_sold_out else promise_for(shown, to, timezone.now()),
        "may_choose_place": not shown.is_film and not isinstance(to, Address | Destination),
        "is_guess": to is None,
        "problems": form.errors.get("place") if form else None,
        "typed": form["place"].value() if form and form.errors else "",
        "prefectures": [names(name) for name in PREFECTURES],
    }
