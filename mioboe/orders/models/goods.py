"""What there is to buy."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from djmoney.models.fields import MoneyField


class Kind(models.TextChoices):
    FILM = "film", _("streaming film")
    PARCEL = "parcel", _("goods by parcel")


class Product(models.Model):
    """Something to buy in our own shop."""

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    about_ja = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    price = MoneyField(max_digits=14, decimal_places=0, default_currency="JPY")
    picture = models.CharField(max_length=100)
    stock = models.PositiveIntegerField(null=True)  # None: without end, as films are
    minutes = models.PositiveSmallIntegerField(null=True)  # of a film

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gt=0), name="a_price_is_above_zero"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="product_kind_known"),
        ]

    @property
    def title(self) -> str:
        return self.title_ja if (get_language() or "ja").startswith("ja") else self.title_en

    @property
    def about(self) -> str:
        return self.about_ja if (get_language() or "ja").startswith("ja") else self.about_en
