from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mioboe.orders.models import Order

MOST_LISTED = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "help/home.html")


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Choose the order: every kind in one list, films too."""
    orders = (
        Order.objects.filter(customer=request.user.pk)
        .prefetch_related("lines__product")
        .order_by("-placed_at", "-id")[:MOST_LISTED]
        if request.user.is_authenticated
        else []
    )
    return render(request, "help/contact.html", {"orders": orders})
