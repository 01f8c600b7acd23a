"""From which score on a sign-in is unusual: the operator chooses, seeing what each choice would have touched last month."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mioboe.people.doors import operators_only
from mioboe.people.models import Person
from mioboe.people.proofs import fresh_proof_required
from mioboe.signins.actions import last_scores, set_thresholds
from mioboe.signins.actions import thresholds as now_set
from mioboe.signins.actions.memory import DEFAULT_TENTHS
from mioboe.signins.actions.thresholds import LEAST_TENTHS, MOST_TENTHS, TOPIC, Scores
from mioboe.signins.models import Level, Threshold
from mioboe.trail.actions import timeline

DAYS = 30
MOST_CHANGES = 20
BAR_WIDTH, CHART_HEIGHT = 4, 120  # of the drawing, in its own units
TABLE_STEP = 5  # tenths


class ScoreField(forms.DecimalField):
    def __init__(self, **facts: Any) -> None:
        super().__init__(
            min_value=LEAST_TENTHS / 10, max_value=MOST_TENTHS / 10, max_digits=2, decimal_places=1, **facts
        )


class Choice(forms.Form):
    unfamiliar = ScoreField(
        label=gettext_lazy("Unusual from a score of"), help_text=gettext_lazy("The customer is told by mail.")
    )
    very_unfamiliar = ScoreField(
        label=gettext_lazy("Very unusual from a score of"),
        help_text=gettext_lazy("A second step is asked for before the sign-in counts."),
    )

    def clean(self) -> dict[str, object]:
        chosen = super().clean() or {}
        low, high = chosen.get("unfamiliar"), chosen.get("very_unfamiliar")
        if low is not None and high is not None and high < low:
            raise ValidationError(_("Very unusual begins where unusual begins, or above it."))
        return chosen

    def tenths(self) -> dict[Level, int]:
        return {level: int(self.cleaned_data[level.value] * 10) for level in Level}


@dataclass(frozen=True)
class Bar:
    """One tenth of the score in the drawing."""

    x: int
    y: float
    height: float
    kind: str  # "known", "unusual" or "very"


def _sets_nothing(request: HttpRequest) -> bool:
    """Shown only, or nothing that can be set."""
    return request.POST.get("do") != "set" or not Choice(request.POST).is_valid()


def _with_choice(request: HttpRequest) -> str:
    return f"{reverse('desk:thresholds')}?{urlencode({level.value: request.POST[level.value] for level in Level})}"


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
@partial(fresh_proof_required, unless=_sets_nothing, back=_with_choice)
def thresholds(request: HttpRequest) -> HttpResponse:
    """GET shows what is set, or the choice in the address; a press of "show" draws another choice and changes nothing, a press of "set"
    sets it, once the operator has confirmed anew: whoever comes in on a forgotten screen would raise them out of his own way."""
    assert isinstance(request.user, Person)
    current = now_set()
    if request.method != "POST":
        asked = Choice(request.GET)
        if asked.is_valid():
            return _page(request, asked, asked.tenths(), 200)
        return _page(
            request, Choice(initial={level.value: f"{current[level] / 10:.1f}" for level in Level}), current, 200
        )
    form = Choice(request.POST)
    if not form.is_valid():
        return _page(request, form, current, 422)
    chosen = form.tenths()
    if request.POST.get("do") != "set":
        return _page(request, form, chosen, 200)
    if set_thresholds(chosen[Level.UNFAMILIAR], chosen[Level.VERY_UNFAMILIAR], request.user):
        messages.success(request, _("Set: it holds for sign-ins from a few seconds on."))
    else:
        messages.info(request, _("They were set so before; nothing has changed."))
    return redirect("desk:thresholds")


def _page(request: HttpRequest, form: Choice, chosen: dict[Level, int], status: int) -> HttpResponse:
    scores = last_scores(DAYS)
    context = {
        "form": form,
        "days": DAYS,
        "total": scores.total,
        "not_weighed": scores.not_weighed,
        "touched": [(level.value, f"{chosen[level] / 10:.1f}", *_share(scores, chosen[level])) for level in Level],
        "bars": _bars(scores, chosen),
        "marks": [(level.value, _x(chosen[level])) for level in Level],
        "ticks": [(tenths // 10, _x(tenths)) for tenths in range(LEAST_TENTHS, MOST_TENTHS + 1, 40)],
        "table": [
            (f"{tenths / 10:.1f}", *_share(scores, tenths))
            for tenths in range(LEAST_TENTHS, MOST_TENTHS + 1, TABLE_STEP)
        ],
        "is_other": chosen != now_set(),
    }
    if request.headers.get("HX-Request"):
        # htmx swaps nothing that is answered otherwise.
        return render(request, "desk/_thresholds.html", context)
    context |= {
        "set": Threshold.objects.select_related("set_by").order_by("level"),
        "defaults": {level.value: f"{tenths / 10:.1f}" for level, tenths in DEFAULT_TENTHS.items()},
        "changes": timeline(TOPIC, limit=MOST_CHANGES),
    }
    return render(request, "desk/thresholds.html", context, status=status)


def _share(scores: Scores, tenths: int) -> tuple[int, str]:
    """How many a threshold there would have touched, and which share, in percent."""
    touched = scores.touched(tenths)
    return touched, f"{100 * touched / scores.total:.1f}" if scores.total else "0.0"


def _x(tenths: int) -> int:
    return (tenths - LEAST_TENTHS) * BAR_WIDTH


def _bars(scores: Scores, chosen: dict[Level, int]) -> list[Bar]:
    """Heights grow with the power of ten, so that the rare ones, which thresholds are about, can be seen."""
    highest = math.log10(1 + max(scores.counts.values()))
    bars = []
    for tenths, count in scores.counts.items():
        if count:
            height = round(CHART_HEIGHT * math.log10(1 + count) / highest, 1)
            kind = "known" if tenths < chosen[Level.UNFAMILIAR] else "unusual"
            if tenths >= chosen[Level.VERY_UNFAMILIAR]:
                kind = "very"
            bars.append(Bar(_x(tenths), CHART_HEIGHT - height, height, kind))
    return bars
