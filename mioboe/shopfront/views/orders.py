"""A customer's own orders."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mioboe.orders.models import Order
from mioboe.site.ids import heard
from mioboe.trail.actions import timeline

ORDERS_A_PAGE = 50


def _own_orders(request: HttpRequest) -> QuerySet[Order]:
    return (
        Order.objects.filter(customer=request.user.pk)
        .select_related("card", "address", "sign_in__device")
        .prefetch_related("lines__product", "lines__access")
    )


@require_safe
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Everything ever ordered, digital or not, in one list."""
    listed = _own_orders(request).order_by("-placed_at", "-id")[:ORDERS_A_PAGE]
    return render(request, "shopfront/orders.html", {"orders": listed})


@require_safe
@login_required
def order(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(_own_orders(request), number=heard(number))
    return render(request, "shopfront/order.html", {"order": found, "entries": timeline(found.ref)})
