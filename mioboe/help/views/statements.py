from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind
from mioboe.help.access import own_case
from mioboe.people.models import Person
from mioboe.site.templatetags.site_tags import money
from mioboe.statements.actions import Checked, check_statement
from mioboe.statements.issuers import LARGEST_FILE, NAMES, Unreadable
from mioboe.statements.models import Outcome, StatementLine

# Of other shops' lines; a year's statement has more than anybody reads.
MOST_SHOWN = 40


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, number: str = "") -> HttpResponse:
    """The card statement, dropped as the issuer's file and matched to what we charged and refunded: about a case, or about none."""
    assert isinstance(request.user, Person)
    case = own_case(request, number) if number else None
    checked, problem = None, ""
    if request.method == "POST":
        checked, problem = _checked(request, request.user, case)
    context = {
        "case": case,
        "checked": checked,
        "lines": list(checked.check.lines.all()) if checked else [],
        "issuer": NAMES.get(checked.check.issuer, "") if checked else "",
        "others": checked.others[:MOST_SHOWN] if checked else [],
        "more_others": max(0, len(checked.others) - MOST_SHOWN) if checked else 0,
        "problem": problem,
        "issuers": list(dict.fromkeys(NAMES.values())),
    }
    return render(request, "help/statement.html", context, status=422 if problem else 200)


def _checked(request: HttpRequest, person: Person, case: Case | None) -> tuple[Checked | None, str]:
    """What came out, or why nothing did."""
    file = request.FILES.get("statement")
    if file is None or not file.size:
        return None, _("Please choose the file that you downloaded from your card company.")
    if file.size > LARGEST_FILE:
        return None, _("This file is larger than 2 MB. A statement of one month is much smaller.")
    try:
        return check_statement(person, file.read(), case.ref if case else ""), ""
    except Unreadable:
        return None, _(
            "We could not read this file. Please upload it as you downloaded it, not opened and saved by another program. We read: {issuers}."
        ).format(issuers=", ".join(dict.fromkeys(NAMES.values())))


@require_POST
@login_required
def line_case(request: HttpRequest, pk: int) -> HttpResponse:
    """A line that carries our name and that we know nothing of becomes a case."""
    assert isinstance(request.user, Person)
    line = get_object_or_404(StatementLine, pk=pk, check_of__person=request.user, outcome=Outcome.UNKNOWN)
    words = _("On my card statement, and unknown: {day}, {merchant}, {amount}").format(
        day=date_format(line.date, "SHORT_DATE_FORMAT"), merchant=line.merchant, amount=money(line.amount)
    )
    case = open_case(request.user, None, ProofKind.SESSION, words)
    messages.success(request, _("We look into it. What the statement says is in the case."))
    return redirect("help:case", case.number)
