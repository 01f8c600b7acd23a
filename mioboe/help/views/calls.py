"""Asking for a call about a case, the page that waits for it (which, with the browser carrier, is the telephone), and changing it."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mioboe.calls import actions
from mioboe.calls.limits import OverLimit
from mioboe.calls.models import Callback, CallbackState
from mioboe.cases.models import Case, ChannelKind
from mioboe.help import channels
from mioboe.help.access import own_case
from mioboe.help.asking import ask_for_call, change_call, was_typed_here
from mioboe.help.calling import CallForm, waiting_for, waiting_of
from mioboe.help.clocks import on_clock_of
from mioboe.help.views.contact import own_copy

# Later than that it is a call for later, which the page says.
LATER = timedelta(minutes=1)


@own_copy
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Which number, now or later."""
    case = own_case(request, number)
    with on_clock_of(request, case.customer):
        form = CallForm.of(request, case.customer)
        over: OverLimit | None = None
        if request.method == "POST":
            wish = form.read(request.POST.get("when", "now"))
            if wish:
                asked = ask_for_call(request, case, wish, form)
                if asked.callback:
                    return redirect("help:waiting", case.number)
                over = asked.over
        return _form_page(request, "help/call.html", case, form, over)


@own_copy
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Another number or time, as long as nobody is calling."""
    case = own_case(request, number)
    callback = _latest(case)
    if callback.state != CallbackState.WAITING:
        return _too_late(request, case)
    with on_clock_of(request, case.customer):
        form = CallForm.of(request, case.customer, changing=callback)
        over: OverLimit | None = None
        if request.method == "POST":
            wish = form.read(request.POST.get("when", "keep"))
            if wish:
                due_at: datetime | None = None if wish.keeps_time else wish.due_at or timezone.now()
                try:
                    asked = change_call(request, callback, wish, form, due_at)
                except actions.TooLate:
                    return _too_late(request, case)
                if asked.callback:
                    messages.success(request, _("Changed."))
                    return redirect("help:waiting", case.number)
                over = asked.over
        return _form_page(request, "help/call_change.html", case, form, over, callback)


def _too_late(request: HttpRequest, case: Case) -> HttpResponse:
    messages.info(request, _("It cannot be changed any more: we are calling already, or the call is over."))
    return redirect("help:waiting", case.number)


def _form_page(
    request: HttpRequest,
    template: str,
    case: Case,
    form: CallForm,
    over: OverLimit | None,
    callback: Callback | None = None,
) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "over": over,
        "callback": callback,
        "live": case.callbacks.filter(state=CallbackState.WAITING).first() if callback is None else None,
        "waiting": waiting_for(form.language, case.about_id or ""),
        "others": [(way, way.url(f"case={case.number}")) for way in channels.others(ChannelKind.PHONE)],
    }
    is_refused = form.problem or form.time_problem or over
    return render(request, template, context, status=422 if is_refused else 200)


def _latest(case: Case) -> Callback:
    callback = case.callbacks.select_related("agent", "case__customer", "case__order").order_by("-asked_at").first()
    if callback is None:
        raise Http404
    return callback


def _waiting(request: HttpRequest, case: Case) -> dict[str, object]:
    verbs = ("answer", "hang_up", "audio")
    callback = _latest(case)
    return {
        "case": case,
        "callback": callback,
        "is_later": callback.state == CallbackState.WAITING and callback.due_at > timezone.now() + LATER,
        "expected": waiting_of(callback) if callback.state == CallbackState.WAITING else None,
        "typed_here": was_typed_here(request, callback),
        "urls": {verb: reverse("help:call_verb", args=[case.number, verb]) for verb in verbs},
    }


@never_cache
@require_safe
def waiting(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number)
    with on_clock_of(request, case.customer):
        return render(request, "help/waiting.html", _waiting(request, case))


@never_cache
@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The part of the waiting page that changes."""
    case = own_case(request, number)
    with on_clock_of(request, case.customer):
        return render(request, "help/_waiting.html", _waiting(request, case))


@require_POST
def verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """The waiting page's telephone: answer, decline, hang up, audio counts; cancel waiting."""
    case = own_case(request, number)
    callback = _latest(case)
    if verb == "answer":
        try:
            actions.answer_call(callback, on_number=False)
        except actions.TooLate:
            return HttpResponse(_("The call was answered elsewhere or has ended."), status=409)
    elif verb in ("decline", "hang_up", "cancel"):
        actions.end_call(callback)
    elif verb == "audio":
        actions.note_audio_told(callback, "customer", request.POST)
    else:
        raise Http404
    return HttpResponse(status=204) if verb != "cancel" else redirect("help:case", case.number)
