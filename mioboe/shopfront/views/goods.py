"""The shop's window: what there is, found and looked at."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mioboe.orders.models import OneClick, Product


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "shopfront/home.html", {"products": Product.objects.order_by("kind", "pk")})


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Product, slug=slug)
    one_click = (
        OneClick.objects.select_related("card").filter(person=request.user, is_on=True).first()
        if request.user.is_authenticated
        else None
    )
    context = {"product": found, "one_click": one_click, "press": secrets.token_urlsafe(16)}
    return render(request, "shopfront/product.html", context)
