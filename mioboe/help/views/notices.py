"""Behind the link in a security notice. Opening it changes nothing; one press answers, without signing in."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.cases.models import Case, ProofKind
from mioboe.help.access import may_see
from mioboe.help.views.answering import say_mine, say_not_mine
from mioboe.mails.links import LinkState, find_link
from mioboe.mails.models import Link
from mioboe.orders.sign_ins import bought_in
from mioboe.signins.actions import LINK_PURPOSE, write_notice_mail
from mioboe.signins.models import Notice, NoticeState

# New links that one expired link may ask for.
MOST_NEW_LINKS = 3


def _notice(link: Link) -> Notice | None:
    """The notice that the link is about; None where its sign-in is gone, as sign-ins are after six months."""
    found = Notice.objects.select_related("person", "sign_in__device", "sign_in__person")
    return found.filter(pk=link.about.removeprefix("notice:"), sign_in__at__isnull=False).first()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, secret: str) -> HttpResponse:
    state, link = find_link(secret, LINK_PURPOSE)
    found = _notice(link) if link else None
    if link is None or found is None or found.sign_in is None:
        return render(request, "help/link_unknown.html", status=404)
    if request.user.is_authenticated and request.user.pk != found.person_id:
        return render(request, "help/link_foreign.html", {"link": link}, status=403)
    is_open = found.state == NoticeState.OPEN
    if is_open and state is not LinkState.GOOD:
        return render(request, "help/notice_expired.html", {"link": link, "secret": secret}, status=410)
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer == NoticeState.NOT_MINE:
            return say_not_mine(request, found, ProofKind.MAILBOX, request.POST.get("words", ""), link)
        if answer == NoticeState.MINE:
            say_mine(request, found, link)
        return redirect("help:notice", secret)
    case = Case.objects.filter(customer=found.person_id, sign_in=found.sign_in).first()
    context = {
        "sign_in": found.sign_in,
        "orders": bought_in([found.sign_in]).get(found.sign_in.pk, []),
        "notice": found,
        "link": link,
        "may_confirm": True,
        "case": case if case is not None and may_see(request, case) else None,
    }
    return render(request, "help/sign_in.html", context)


@require_POST
def new_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Mails a fresh link to the address of the old one; never shows it here."""
    state, link = find_link(secret, LINK_PURPOSE)
    found = _notice(link) if link else None
    if link is None or found is None or state is not LinkState.EXPIRED or found.state != NoticeState.OPEN:
        return redirect("help:notice", secret)
    if Link.objects.filter(about=link.about, purpose=LINK_PURPOSE).count() <= MOST_NEW_LINKS:
        with transaction.atomic():
            write_notice_mail(found)
    return render(request, "help/link_mailed.html", {"link": link})
