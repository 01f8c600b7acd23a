"""Cancelling single items of a case's order: choose, look at what goes back, press."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mioboe.cases import actions as cases
from mioboe.cases.models import Case
from mioboe.desk.lines_form import lines_of, pieces_typed
from mioboe.desk.views import agents_only, case_of

SHORTEST_PRESS, LONGEST_PRESS = 8, 40


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def lines(request: HttpRequest, number: str) -> HttpResponse:
    """GET shows what the chosen pieces would give back; POST puts them into the plan, once a press."""
    found = case_of(request, number)
    if request.method != "POST":
        return _page(request, found)
    problem = _plan(request, found)
    if problem:
        messages.error(request, problem)
        return _page(request, found, 422)
    messages.success(request, _("It is in the plan: the items are cancelled and their money goes back."))
    if request.headers.get("HX-Request"):
        return _page(request, found)
    return redirect("desk:case", found.number)


def _plan(request: HttpRequest, case: Case) -> str:
    """What is wrong, if something is."""
    press = request.POST.get("press", "")
    if not SHORTEST_PRESS <= len(press) <= LONGEST_PRESS:
        return _("The page was too old. Please look at it again and press once more.")
    chosen = pieces_typed(request.POST)
    shown = lines_of(case, request.POST)
    is_as_seen = shown and shown.goes_back is not None and str(shown.goes_back.amount) == request.POST.get("goes_back")
    if not is_as_seen and not cases.is_planned(case, chosen, press):
        return _("Something has changed meanwhile. Please look at it again.")
    try:
        cases.cancel_lines(case, chosen, press)
    except cases.NotProven:
        return _("The customer has not confirmed enough for this.")
    except cases.NotThatMany:
        return _("So many pieces cannot be cancelled any more.")
    return ""


def _page(request: HttpRequest, case: Case, status: int = 200) -> HttpResponse:
    is_part = bool(request.headers.get("HX-Request"))
    typed = request.GET if request.method != "POST" or status == 200 else request.POST
    context = {"case": case, "order": case.order, "lines": lines_of(case, typed), "is_shown": True}
    # htmx shows nothing of an answer that is an error.
    return render(
        request, "desk/_lines.html" if is_part else "desk/lines.html", context, status=200 if is_part else status
    )
