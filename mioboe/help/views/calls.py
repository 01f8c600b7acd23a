"""Asking for a call, and the page that waits for it (which, with the browser carrier, is the telephone)."""

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mioboe.calls import actions
from mioboe.calls.models import Callback
from mioboe.calls.numbers import NotCalled, number_to_call
from mioboe.cases.models import Case
from mioboe.help.access import own_case


class Asked(NamedTuple):
    number: str
    problem: str


def _chosen_number(request: HttpRequest, case: Case) -> Asked:
    """The number on file that was chosen, or the typed one; never somebody else's."""
    choice = request.POST.get("which", "typed")
    if choice != "typed":
        phone = case.customer.phones.filter(pk=choice if choice.isdecimal() else 0).first()
        if phone:
            return Asked(phone.number.as_e164, "")
    try:
        return Asked(number_to_call(request.POST.get("number", "")), "")
    except NotCalled as refusal:
        return Asked("", str(refusal))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Which number, and "call me now"."""
    case = own_case(request, number)
    problem = ""
    if request.method == "POST":
        chosen = _chosen_number(request, case)
        problem = chosen.problem
        if not problem:
            try:
                actions.request_callback(case, chosen.number, get_language() or "ja")
            except actions.AlreadyWaiting:
                problem = _("A call to this number is under way already. Please use another number or wait for it.")
            else:
                return redirect("help:waiting", case.number)
    context = {
        "case": case,
        "phones": list(case.customer.phones.order_by("since")),
        "typed": request.POST.get("number", ""),
        "which": request.POST.get("which", ""),
        "problem": problem,
    }
    return render(request, "help/call.html", context, status=422 if problem else 200)


def _latest(case: Case) -> Callback:
    callback = case.callbacks.select_related("agent", "case__customer", "case__order").order_by("-asked_at").first()
    if callback is None:
        raise Http404
    return callback


def _waiting(case: Case) -> dict[str, object]:
    verbs = ("answer", "hang_up", "audio")
    return {
        "case": case,
        "callback": _latest(case),
        "urls": {verb: reverse("help:call_verb", args=[case.number, verb]) for verb in verbs},
    }


@never_cache
@require_safe
def waiting(request: HttpRequest, number: str) -> HttpResponse:
    case = own_case(request, number)
    return render(request, "help/waiting.html", _waiting(case))


@never_cache
@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The part of the waiting page that changes."""
    case = own_case(request, number)
    return render(request, "help/_waiting.html", _waiting(case))


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
        note_audio_from(request, callback)
    else:
        raise Http404
    return HttpResponse(status=204) if verb != "cancel" else redirect("help:case", case.number)


def note_audio_from(request: HttpRequest, callback: Callback) -> None:
    """The counts that the customer's side posts; anything but whole numbers is let go."""
    sent, received = request.POST.get("sent", ""), request.POST.get("received", "")
    if sent.isdecimal() and received.isdecimal() and len(sent) < 10 and len(received) < 10:
        actions.note_audio(callback, "customer", int(sent), int(received))
