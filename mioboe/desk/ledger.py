"""The operator's page of a day's balance."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from mioboe.payments.balance import day_of, rows_of
from mioboe.people.doors import operators_only
from mioboe.site.csv_lines import BYTE_ORDER_MARK, csv_lines

EARLIEST = date(2017, 1, 1)


@require_safe
@operators_only
def ledger(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    day, is_wrong = _day(request, today)
    context = {
        "balance": day_of(day),
        "is_wrong": is_wrong,
        "today": today,
        "earliest": EARLIEST,
        "before": day - timedelta(days=1) if day > EARLIEST else None,
        "after": day + timedelta(days=1) if day < today else None,
    }
    return render(request, "desk/ledger.html", context, status=400 if is_wrong else 200)


def _day(request: HttpRequest, today: date) -> tuple[date, bool]:
    """The day asked for, and whether what was asked for is none: today then."""
    asked = request.GET.get("day", "")
    try:
        day = parse_date(asked) if asked else today
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= today:
        return today, True
    return day, False


@require_safe
@operators_only
def export(request: HttpRequest) -> HttpResponseBase:
    """Every row of the day, as a CSV that spreadsheets open (UTF-8 with BOM)."""
    day, is_wrong = _day(request, timezone.localdate(timezone=timezone.get_default_timezone()))
    if is_wrong:
        return HttpResponse(_("There is no such day in the ledger."), status=400)
    response = StreamingHttpResponse(_csv(day), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ledger-{day.isoformat()}.csv"'
    return response


def _csv(day: date) -> Iterator[str]:
    head = [_("Time"), _("Movement"), _("Kind"), pgettext("ledger", "Account"), _("Debit"), _("Credit"), _("Currency")]
    yield BYTE_ORDER_MARK + csv_lines([head])
    zone = timezone.get_default_timezone()
    for row in rows_of(day):
        debit, credit = max(row.amount.amount, 0), max(-row.amount.amount, 0)
        at = row.at.astimezone(zone).isoformat(timespec="seconds")
        cells = (
            at,
            row.movement,
            row.get_kind_display(),
            row.get_account_display(),
            debit or "",
            credit or "",
            row.amount.currency.code,
        )
        yield csv_lines([cells])
