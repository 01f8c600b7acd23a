"""Watching a film."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mioboe.orders.models import Access, AccessState
from mioboe.shopfront.views.orders import _own_orders
from mioboe.site.ids import heard


@require_safe
@login_required
def watch(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(_own_orders(request), number=heard(number))
    access = get_object_or_404(Access.objects.select_related("line__product"), line__order=found)
    allowed = access.state == AccessState.GRANTED
    return render(
        request,
        "shopfront/watch.html",
        {"order": found, "access": access, "allowed": allowed},
        status=200 if allowed else 403,
    )
