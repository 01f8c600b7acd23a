"""The sign-in history of one's own account, and the answer to one sign-in out of it."""

from collections.abc import Iterator
from datetime import tzinfo
from itertools import islice

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mioboe.cases.models import Case, ProofKind
from mioboe.help.views.answering import is_answer, say_mine, say_not_mine
from mioboe.orders.sign_ins import Told, bought_in, history_of, told
from mioboe.people.models import Person
from mioboe.signins.actions import current_sign_in, is_known, notice_of
from mioboe.signins.history import every_row
from mioboe.signins.models import Notice, NoticeState, SignIn
from mioboe.signins.places import place_words
from mioboe.site.csv_lines import BYTE_ORDER_MARK, csv_file, csv_lines
from mioboe.site.ids import spoken

ROWS_AT_ONCE = 100


@never_cache
@login_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    return render(request, "help/sign_ins.html", history_of(request.user, request.GET))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One sign-in: was it you? Signed in is the only proof here, which is enough to take power away; "this was me" needs a device that
    the account knows."""
    found = get_object_or_404(SignIn.objects.select_related("device", "person"), pk=pk, person=request.user.pk)
    may_confirm = _is_known_elsewhere(request, found)
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer == NoticeState.NOT_MINE:
            return say_not_mine(request, notice_of(found), ProofKind.SESSION, request.POST.get("words", ""))
        if answer == NoticeState.MINE and may_confirm:
            say_mine(request, notice_of(found))
        elif is_answer(answer):
            messages.warning(
                request, _("To say that it was you, use the link in our mail or a device that you use often.")
            )
        return redirect("help:sign_in", found.pk)
    notice = Notice.objects.filter(sign_in=found).first()
    context = {
        "sign_in": found,
        "orders": bought_in([found]).get(found.pk, []),
        "notice": notice,
        "may_confirm": may_confirm,
        "case": Case.objects.filter(customer=request.user.pk, sign_in=found).first(),
    }
    return render(request, "help/sign_in.html", context)


def _is_known_elsewhere(request: HttpRequest, asked: SignIn) -> bool:
    """Whether this browser is one that the account knows, and not the one in question: nobody vouches for himself."""
    own = current_sign_in(request.session)
    if own is None or own.device is None or own.device_id == asked.device_id:
        return False
    return is_known(own.device)


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponseBase:
    """The whole history, as filtered, a line a row; UTF-8."""
    assert isinstance(request.user, Person)
    which = request.GET.get("show", "")
    lines = _lines(request.user, which, get_language() or "ja", timezone.get_current_timezone())
    return csv_file("sign-ins.csv", lines)


def _lines(person: Person, which: str, language: str, zone: tzinfo) -> Iterator[str]:
    """Sent piece by piece, long after the request's own language and clock are gone."""
    with translation.override(language):
        heads = (
            _("When"),
            _("What"),
            _("Times"),
            _("Device"),
            _("About where"),
            _("Network"),
            _("How"),
            _("Second step"),
            _("Why"),
            _("Mail sent"),
            _("Your answer"),
            _("Orders"),
        )
    yield BYTE_ORDER_MARK + csv_lines([heads])
    rows = every_row(person, which)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        with translation.override(language):
            text = csv_lines([_cells(one, zone) for one in told(some)])
        yield text


def _cells(one: Told, zone: tzinfo) -> tuple[object, ...]:
    row = one.row
    what = _("failed") if row.is_failed else _("unusual") if row.is_unusual else _("known")
    notice = row.notice
    return (
        row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        what,
        row.times,
        row.device,
        place_words(row.country, row.prefecture),
        row.network,
        row.how,
        row.second_step,
        row.why,
        notice.mailed_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if notice and notice.mailed_at else "",
        str(notice.get_state_display()) if notice and notice.answered_at else "",
        " ".join(spoken(order.number) for order in one.orders),
    )
