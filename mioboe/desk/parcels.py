"""The operator's packing table: what is to pack, to hand over and on its way; each is one press. Agents look on."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Prefetch, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mioboe.orders import actions
from mioboe.orders.models import Kind, Line, Parcel, ParcelState
from mioboe.payments.gateways import Unsure
from mioboe.payments.models import Charge, ChargeState
from mioboe.people.doors import agents_only
from mioboe.people.models import Person, Role
from mioboe.site.ids import heard
from mioboe.trail.actions import record

MOST_LISTED = 50
# In the order of the work, with the heading of each pile.
PILES = {
    ParcelState.WAITING: gettext_lazy("To pack"),
    ParcelState.PACKED: gettext_lazy("To hand over to the carrier"),
    ParcelState.HANDED_OVER: gettext_lazy("On their way"),
    ParcelState.CALLED_BACK: gettext_lazy("Called back, to come in"),
}
VERBS: dict[str, Callable[[Parcel], bool]] = {
    "pack": actions.pack,
    "hand_over": actions.hand_over,
    "delivered": actions.note_delivered,
    "stop": lambda parcel: actions.stop_parcel(parcel, gives_back=True),
    "call_back": actions.call_back,
    "returned": lambda parcel: actions.note_returned(parcel, is_sound=True),
    "returned_damaged": lambda parcel: actions.note_returned(parcel, is_sound=False),
}


def _may_press(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and request.user.role == Role.OPERATOR


def _pile(state: ParcelState) -> QuerySet[Parcel]:
    """What is held first, then what waits longest."""
    things = Line.objects.filter(kind=Kind.PARCEL).select_related("product").order_by("pk")
    return (
        Parcel.objects.filter(state=state)
        .select_related("order")
        .prefetch_related(Prefetch("order__lines", things, to_attr="things"))
        # What cannot leave comes first: somebody has to see to it.
        .order_by(Case(When(problem="", then=1), default=0), "changed_at", "pk")
    )


def _paid(parcels: list[Parcel]) -> set[int]:
    """Those of which the money is taken already."""
    keys = [parcel.order.charge_key for parcel in parcels]
    taken = set(Charge.objects.filter(key__in=keys, state=ChargeState.CAPTURED).values_list("key", flat=True))
    return {parcel.pk for parcel in parcels if parcel.order.charge_key in taken}


@require_safe
@agents_only
def table(request: HttpRequest) -> HttpResponse:
    counts = dict(Parcel.objects.filter(state__in=PILES).values_list("state").annotate(Count("pk")))
    piles = [(state, words, counts.get(state, 0), list(_pile(state)[:MOST_LISTED])) for state, words in PILES.items()]
    to_hand_over = next(parcels for state, _, _, parcels in piles if state == ParcelState.PACKED)
    context = {
        "piles": piles,
        "may_press": _may_press(request),
        "most": MOST_LISTED,
        "topic": actions.PARCELS_TOPIC,
        "paid": _paid(to_hand_over),
        "held": Parcel.objects.filter(state=ParcelState.PACKED).exclude(problem="").count(),
    }
    return render(request, "desk/parcels.html", context)


@require_safe
@agents_only
def packing_list(request: HttpRequest) -> HttpResponse:
    """What is to pack, to whom: for paper. It shows addresses, so whoever opens it is on record."""
    parcels = list(_pile(ParcelState.WAITING).filter(held_at=None)[:MOST_LISTED])
    if parcels:
        record("parcels.listed", [parcel.order.ref for parcel in parcels])
    return render(request, "desk/packing_list.html", {"parcels": parcels})


@require_POST
@agents_only
def press(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    if not _may_press(request):
        raise PermissionDenied
    if verb not in VERBS:
        raise Http404
    parcel = get_object_or_404(Parcel.objects.select_related("order__customer"), pk=pk)
    try:
        if not VERBS[verb](parcel):
            messages.error(request, _why_not(parcel))
    except Unsure:
        messages.warning(
            request, _("Nobody knows yet whether it is paid: keep the parcel here. We ask again by ourselves.")
        )
    return redirect("desk:parcels")


@require_POST
@agents_only
def came_back(request: HttpRequest) -> HttpResponse:
    """A parcel that was delivered is at our door again: by its order's number."""
    if not _may_press(request):
        raise PermissionDenied
    delivered = Parcel.objects.filter(order__number=heard(request.POST.get("number", "")), state=ParcelState.DELIVERED)
    parcel = delivered.select_related("order__customer").first()
    if parcel is None:
        messages.error(request, _("There is no delivered parcel of that order."))
    else:
        actions.note_returned(parcel, is_sound=request.POST.get("sound") == "1")
    return redirect("desk:parcels")


def _why_not(parcel: Parcel) -> str:
    if parcel.held_at:
        return _("Keep the parcel here: the order is on hold until its case is clear.")
    if parcel.problem:
        return _("Keep the parcel here, it is not paid: %(why)s") % {"why": parcel.problem}
    return _("The parcel went another way meanwhile: %(state)s") % {"state": parcel.get_state_display()}
