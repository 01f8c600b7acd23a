"""Behind "call me again" in the mail to a customer whom we did not reach. Opening it changes nothing."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mioboe.calls.actions import AGAIN_PURPOSE
from mioboe.cases.actions import add_proof
from mioboe.cases.models import Case, ProofKind
from mioboe.help.access import let_in, may_see
from mioboe.mails.links import LinkState, find_link, use_link


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_again(request: HttpRequest, secret: str) -> HttpResponse:
    """One press leads to the page that asks for a call about the case, without signing in."""
    state, link = find_link(secret, AGAIN_PURPOSE)
    if link is None:
        return render(request, "help/link_unknown.html", status=404)
    case = Case.objects.select_related("customer").get(number=link.about.removeprefix("case:"))
    if request.user.is_authenticated and request.user.pk != case.customer_id:
        return render(request, "help/link_foreign.html", {"link": link}, status=403)
    if state is not LinkState.GOOD:
        if may_see(request, case):
            return redirect("help:call", case.number)
        return render(request, "help/call_again_spent.html", {"is_used": state is LinkState.USED}, status=410)
    if request.method == "POST":
        with transaction.atomic():
            if not use_link(link):
                return redirect("help:call_again", secret)
            add_proof(case, ProofKind.MAILBOX)
        let_in(request, case)
        return redirect("help:call", case.number)
    return render(request, "help/call_again.html", {"case": case, "link": link})
