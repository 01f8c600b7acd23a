"""The agent's screens: a board that becomes the case as soon as a call comes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mioboe.calls import actions as calls
from mioboe.calls.limits import refused_today
from mioboe.calls.models import LIVE, WITH_AGENT, Callback, Duty
from mioboe.cases import actions as cases
from mioboe.cases.models import Case, CaseState, Remedy
from mioboe.cases.remedies import MOVES_MONEY, OF_A_LINE, kind
from mioboe.cases.remedies import told as told_remedy
from mioboe.cases.remedies.hold_orders import orders_in_question
from mioboe.desk.lines_form import lines_of
from mioboe.mails.models import Mail
from mioboe.orders.models import STILL_HERE, Parcel
from mioboe.orders.sign_ins import told
from mioboe.payments.models import Charge, Dispute, Refund
from mioboe.people.doors import agents_only
from mioboe.people.models import Person, Role
from mioboe.signins.history import page_of
from mioboe.site.ids import heard
from mioboe.trail.actions import record
from mioboe.trail.looks import readable_timeline

MOST_LISTED = 50
SHOWN_BESIDE = 10
# Remedies that most cases need.
TICKED_AT_FIRST = ("cancel", "revoke_access", "refund")


def case_of(request: HttpRequest, number: str) -> Case:
    case = get_object_or_404(
        Case.objects.select_related("customer", "order__card", "order__sign_in__device", "sign_in__device"),
        number=heard(number),
    )
    if case.customer_id == request.user.pk:
        raise PermissionDenied
    return case


def _shown(case: Case) -> dict[str, object]:
    """Everything about a case for its one screen."""
    customer = case.customer
    remedies = list(case.remedies.select_related("line").order_by("pk"))
    return {
        "case": case,
        "customer": customer,
        "order": case.order,
        "proofs": case.proofs.order_by("at"),
        "remedies": [(remedy, told_remedy(remedy, kind(remedy.kind).words)) for remedy in remedies],
        # Whoever had one item cancelled means to keep the rest.
        "ticked": () if any(remedy.kind in OF_A_LINE for remedy in remedies) else TICKED_AT_FIRST,
        "money": _money(case),
        "lines": lines_of(case),
        "offered": [(name, kind(name).words) for name in cases.offered(case)],
        "told": told(page_of(customer, size=SHOWN_BESIDE).rows, customer),
        "in_question": orders_in_question(case).prefetch_related("parcels").order_by("placed_at")[:MOST_LISTED],
        "devices": customer.devices.filter(revoked_at__isnull=True).order_by("-last_seen_at")[:SHOWN_BESIDE],
        "mails": Mail.objects.filter(person=customer).order_by("-written_at")[:SHOWN_BESIDE],
        "entries": readable_timeline(case.ref, *([case.order.ref] if case.order else []), limit=60),
    }


def _money(case: Case) -> dict[str, object] | None:
    """What was taken for the order, given back of it, and disputed by the bank."""
    if case.order is None:
        return None
    charges = Charge.objects.filter(reference=case.order.ref)
    return {
        "charges": charges.order_by("asked_at"),
        "refunds": Refund.objects.filter(charge__in=charges).order_by("asked_at"),
        "disputes": Dispute.objects.filter(charge__in=charges).order_by("opened_at"),
        "undone": [remedy for remedy in case.remedies.filter(kind__in=MOVES_MONEY) if cases.came_undone(remedy)],
    }


def _desk(agent: Person) -> dict[str, object]:
    duty, _made = Duty.objects.get_or_create(agent=agent, defaults={"languages": [agent.language]})
    callback = (
        Callback.objects.filter(agent=agent, state__in=WITH_AGENT)
        .select_related("case__customer", "case__order__card", "case__order__sign_in__device", "case__sign_in__device")
        .first()
    )
    return {
        "duty": duty,
        "callback": callback,
        "waiting": Callback.objects.filter(state__in=LIVE, agent=None).count(),
        "held": _held_parcels(),
        "limits_met": refused_today() if agent.role == Role.OPERATOR else 0,
        "open_cases": Case.objects.exclude(state=CaseState.RESOLVED)
        .select_related("order")
        .prefetch_related("order__lines")
        .order_by("opened_at")[:MOST_LISTED],
    }


def _held_parcels() -> list[Parcel]:
    """What waits for somebody to find out who ordered it, the longest first: its case may be put right long since."""
    held = Parcel.objects.filter(state__in=STILL_HERE, held_at__isnull=False).select_related("order")
    return list(held.order_by("held_at")[:MOST_LISTED])


@require_safe
@agents_only
def board(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    context = _desk(request.user)
    callback = context["callback"]
    if isinstance(callback, Callback):
        context |= _shown(callback.case)
    return render(request, "desk/board.html", context)


@require_safe
@agents_only
def panel(request: HttpRequest) -> HttpResponse:
    """What changes on the board when something happens: the telephone, the queue, the case of the call."""
    assert isinstance(request.user, Person)
    context = _desk(request.user)
    callback = context["callback"]
    if isinstance(callback, Callback):
        context |= _shown(callback.case)
    return render(request, "desk/_panel.html", context)


@require_POST
@agents_only
def duty(request: HttpRequest, verb: str) -> HttpResponse:
    assert isinstance(request.user, Person)
    if verb == "on":
        calls.go_on_duty(request.user, request.POST.get("takes_at_once") == "1")
    elif verb == "away":
        calls.go_away(request.user)
    else:
        raise Http404
    return redirect("desk:home")


@require_POST
@agents_only
def call_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The agent's telephone. Only the agent to whom the call was given reaches it."""
    assert isinstance(request.user, Person)
    callback = get_object_or_404(Callback.objects.select_related("case__customer"), pk=pk, agent=request.user)
    if verb == "take":
        try:
            calls.take_call(callback, request.user)
        except calls.TooLate:
            return HttpResponse(_("The call has moved on."), status=409)
    elif verb == "hang_up":
        calls.end_call(callback)
    elif verb == "audio":
        calls.note_audio_told(callback, "agent", request.POST)
    else:
        raise Http404
    return HttpResponse(status=204)


@require_safe
@agents_only
def case(request: HttpRequest, number: str) -> HttpResponse:
    found = case_of(request, number)
    if request.headers.get("HX-Request"):
        return render(request, "desk/_case.html", _shown(found))
    record("case.viewed", [found.ref], found.customer)
    return render(request, "desk/case.html", _shown(found))


@require_POST
@agents_only
def resolve(request: HttpRequest, number: str) -> HttpResponse:
    """Carries out the remedies that were ticked, as one plan."""
    found = case_of(request, number)
    chosen = request.POST.getlist("remedy")
    try:
        cases.resolve(found, chosen)
    except cases.NotProven:
        messages.error(request, _("The customer has not confirmed enough for this."))
    except cases.AlreadyPlanned:
        messages.error(request, _("Nothing new was chosen: what you chose is in the plan already."))
    except KeyError:
        messages.error(request, _("There is no such remedy."))
    if request.headers.get("HX-Request"):
        return render(request, "desk/_case.html", _shown(found))
    return redirect("desk:case", found.number)


@require_POST
@agents_only
def again(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Tries a failed remedy again."""
    found = case_of(request, number)
    cases.try_again(get_object_or_404(Remedy, pk=pk, case=found))
    return redirect("desk:case", found.number)
