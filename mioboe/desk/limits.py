"""How much of today's calls and money is used up, and whom the limits have met."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mioboe.calls.limits import today
from mioboe.people.doors import operators_only


@require_safe
@operators_only
def limits(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/limits.html", {"today": today()})
