"""What there is to buy."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField
from moneyed import Money

from mioboe.orders.models.searching import folded, pairs
from mioboe.site.language import is_japanese


class Kind(models.TextChoices):
    FILM = "film", _("streaming film")
    PARCEL = "parcel", _("goods by parcel")


class Category(models.Model):
    """A shelf of the shop."""

    slug = models.SlugField(unique=True)
    name_ja = models.CharField(max_length=50)
    name_en = models.CharField(max_length=50)
    place = models.PositiveSmallIntegerField(default=0)  # from left to right

    class Meta:
        ordering = ["place", "id"]

    @property
    def name(self) -> str:
        return self.name_ja if is_japanese() else self.name_en


class Product(models.Model):
    """Something to buy in our own shop. Who writes rows past `save` (bulk_create, COPY) writes their Words, too."""

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="goods")  # None: on no shelf
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    about_ja = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    price = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")  # with tax
    tax_percent = models.PositiveSmallIntegerField(default=10)
    picture = models.CharField(max_length=100)
    stock = models.PositiveIntegerField(null=True)  # None: without end, as films are
    packing_days = models.PositiveSmallIntegerField(default=0)  # working days before it can be handed over
    minutes = models.PositiveSmallIntegerField(null=True)  # of a film
    film_file = models.CharField(max_length=100, blank=True)  # in MIOBOE_FILMS_DIR
    film_s = models.PositiveIntegerField(null=True)  # how long that file plays
    since = models.DateTimeField(default=timezone.now)  # on the shelf
    sold_lately = models.PositiveIntegerField(default=0)  # pieces in 30 days, counted every night

    class Meta:
        indexes = [
            models.Index(fields=["category", "-since", "-id"], name="product_new"),
            models.Index(fields=["category", "price", "id"], name="product_price"),
            models.Index(fields=["-sold_lately", "id"], name="product_popular"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="a_price_is_above_zero"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="product_kind_known"),
            models.CheckConstraint(condition=models.Q(tax_percent__lt=100), name="a_tax_is_below_the_price"),
        ]

    def save(self, *args: Any, **options: Any) -> None:
        changed: Iterable[str] | None = options.get("update_fields")
        with transaction.atomic():
            super().save(*args, **options)
            if changed is None or not _TOLD.isdisjoint(changed):
                words = Words.of(self)
                Words.objects.update_or_create(product=self, defaults=words.facts)

    @property
    def title(self) -> str:
        return self.title_ja if is_japanese() else self.title_en

    @property
    def about(self) -> str:
        return self.about_ja if is_japanese() else self.about_en

    @property
    def is_film(self) -> bool:
        return self.kind == Kind.FILM

    @property
    def tax(self) -> Money:
        """The tax within the price, a fraction of a yen cut off."""
        return Money(int(self.price.amount) * self.tax_percent // (100 + self.tax_percent), self.price.currency)

    @property
    def is_sold_out(self) -> bool:
        return self.stock == 0


_TOLD = frozenset({"title_ja", "title_en", "about_ja", "about_en", "category"})


class Words(models.Model):
    """By which words a product is found (orders/search.py). A row of its own: the stock changes with every purchase, and
    must not drag some hundred entries of the index along."""

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True)
    title = models.TextField()  # folded, with a blank before each word
    text = models.TextField()  # folded: titles, category, what is told
    pairs = ArrayField(models.CharField(max_length=2))

    class Meta:
        indexes = [GinIndex(fields=["pairs"], name="product_words")]

    @classmethod
    def of(cls, product: Product) -> "Words":
        """The words of a product as it is now, not saved."""
        shelf = f"{product.category.name_ja} {product.category.name_en}" if product.category else ""
        titles = f"{product.title_ja} {product.title_en}"
        text = folded(f"{titles} {shelf} {product.about_ja} {product.about_en}")
        found_by = sorted({pair for word in text.split() for pair in pairs(word)})
        return cls(product=product, title=" " + folded(titles), text=text, pairs=found_by)

    @property
    def facts(self) -> dict[str, Any]:
        return {"title": self.title, "text": self.text, "pairs": self.pairs}
