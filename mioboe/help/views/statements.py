from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mioboe.help.access import own_case
from mioboe.people.models import Person
from mioboe.statements.actions import check_statement
from mioboe.statements.issuers import LARGEST_FILE, Unreadable


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    """The card statement, dropped as the issuer's CSV and matched to what we charged and refunded."""
    assert isinstance(request.user, Person)
    case = own_case(request, number)
    checked, problem = None, ""
    if request.method == "POST":
        file = request.FILES.get("statement")
        if file is None or not file.size:
            problem = _("Please choose the file that you downloaded from your card company.")
        elif file.size > LARGEST_FILE:
            problem = _("This file is larger than 2 MB. A statement of one month is much smaller.")
        else:
            try:
                checked = check_statement(request.user, file.read(), case.ref)
            except Unreadable:
                problem = _(
                    "We could not read this file. Please upload the CSV as you downloaded it (Rakuten e-NAVI or SMBC Vpass)."
                )
    context = {"case": case, "check": checked, "problem": problem}
    return render(request, "help/statement.html", context, status=422 if problem else 200)
