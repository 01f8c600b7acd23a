"""Behind the link in the mail about a call that was asked for later. Opening it changes nothing; one press lets this browser change or
cancel it."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.calls.later_mails import KIND, purpose, write_later_mail
from mioboe.calls.models import Callback, CallbackState
from mioboe.cases.actions import add_proof
from mioboe.cases.models import ProofKind
from mioboe.help.access import let_in, may_see
from mioboe.help.clocks import on_clock_of
from mioboe.mails.links import LinkState, find_link, use_link
from mioboe.mails.models import Link, Mail

# New links that the mails about one call may be asked for.
MOST_NEW_LINKS = 5


def _found(pk: int, secret: str) -> tuple[LinkState, Link | None, Callback | None]:
    state, link = find_link(secret, purpose(pk))
    callback = Callback.objects.select_related("case__customer").filter(pk=pk).first() if link else None
    return state, link, callback


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    state, link, callback = _found(pk, secret)
    if link is None or callback is None:
        return render(request, "help/link_unknown.html", status=404)
    case = callback.case
    if may_see(request, case):
        return redirect("help:waiting", case.number)
    if request.user.is_authenticated:
        return render(request, "help/link_foreign.html", {"link": link}, status=403)
    if request.method == "POST" and state is LinkState.GOOD:
        with transaction.atomic():
            if not use_link(link):
                return redirect("help:later", pk, secret)
            add_proof(case, ProofKind.MAILBOX)
        let_in(request, case)
        return redirect("help:waiting", case.number)
    context = {"callback": callback, "link": link, "secret": secret, "state": state.value}
    with on_clock_of(request, case.customer):
        return render(request, "help/later.html", context, status=200 if state is LinkState.GOOD else 410)


@require_POST
def new_link(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Mails a fresh link to the address of the old one, while there is a call to change; never shows it here."""
    state, link, callback = _found(pk, secret)
    if link is None or callback is None or state is LinkState.GOOD or callback.state != CallbackState.WAITING:
        return redirect("help:later", pk, secret)
    if Mail.objects.filter(kind=KIND, about__contains=[callback.topic]).count() <= MOST_NEW_LINKS:
        with transaction.atomic():
            write_later_mail(callback)
    return render(request, "help/link_mailed.html", {"link": link})
