"""For those who cannot sign in: asking for the mailed link, and what is behind it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.help.callers import caller_of, remember_caller
from mioboe.help.contact_links import LONGEST_QUERY, PURPOSE, mail_link
from mioboe.mails.links import LinkState, find_link, use_link
from mioboe.people.guesses import too_many


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Has the link mailed. The answer is the same for every address."""
    address, query = request.POST.get("mail", "").strip(), request.POST.get("query", "")[:LONGEST_QUERY]
    if "@" not in address or len(address) > 254:
        context = {"query": query, "mail": address[:254], "problem": _("Please enter your whole mail address.")}
        return render(request, "help/contact_who.html", context, status=422)
    if wait_s := mail_link(request, address, query):
        return too_many(request, wait_s)
    return render(request, "help/contact_mailed.html", {"mail": address})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Behind the link: one press, then this browser may contact us as whom it was sent to."""
    state, found = find_link(secret, PURPOSE)
    if found is None or found.person is None:
        return render(request, "help/link_unknown.html", status=404)
    query = request.GET.urlencode()[:LONGEST_QUERY]
    on = reverse("help:contact") + (f"?{query}" if query else "")
    caller = caller_of(request)
    if caller is not None and caller.person == found.person:
        return redirect(on)
    if request.user.is_authenticated:
        return render(request, "help/link_foreign.html", {"link": found}, status=403)
    if state is not LinkState.GOOD:
        context = {"link": found, "is_used": state is LinkState.USED, "query": query}
        return render(request, "help/contact_link_spent.html", context, status=410)
    if request.method == "POST":
        if use_link(found):
            remember_caller(request, found.person)
            return redirect(on)
        return redirect(request.get_full_path())
    return render(request, "help/contact_link.html", {"link": found})
