"""What customers contact us about: the operator's lists, with the words in both languages, the order, where each leads and by which
ways we are reached."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mioboe.cases.models import ChannelKind, Detail, LeadsTo, OfferedFor, Topic
from mioboe.cases.topics import TOPIC, last_place, move, note_change
from mioboe.people.doors import operators_only
from mioboe.people.models import Person
from mioboe.trail.actions import timeline

MOST_TOPICS, MOST_DETAILS = 30, 30  # details of a topic
MOST_CHANGES = 20


class Words(forms.ModelForm):
    def __init__(self, *given: Any, **facts: Any) -> None:
        super().__init__(*given, **facts)
        self.fields["words_ja"].label = _("Words in Japanese")
        self.fields["words_en"].label = _("Words in English")
        self.fields["is_in_use"].label = _("Customers may choose it")


class TopicForm(Words):
    offered_for = forms.MultipleChoiceField(
        label=gettext_lazy("Offered for"), choices=OfferedFor.choices, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Ways to reach us"), choices=ChannelKind.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Topic
        fields = ["words_ja", "words_en", "offered_for", "channels", "is_in_use"]


class DetailForm(Words):
    leads_to = forms.ChoiceField(label=gettext_lazy("First leads to"), choices=LeadsTo.choices)
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Fewer ways to reach us"),
        help_text=gettext_lazy("None ticked: all those of its topic."),
        choices=ChannelKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Detail
        fields = ["topic", "words_ja", "words_en", "leads_to", "channels", "is_in_use"]

    def __init__(self, *given: Any, **facts: Any) -> None:
        super().__init__(*given, **facts)
        topic: Any = self.fields["topic"]
        topic.label, topic.label_from_instance = _("Topic"), lambda row: row.words


_FORMS: dict[str, type[Words]] = {"topic": TopicForm, "detail": DetailForm}


@require_safe
@operators_only
def topics(request: HttpRequest) -> HttpResponse:
    context = {"topics": Topic.objects.prefetch_related("details"), "changes": timeline(TOPIC, limit=MOST_CHANGES)}
    return render(request, "desk/topics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A topic, or a detail of the topic in ?topic=."""
    return _edit(request, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
def edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    return _edit(request, kind, _row(kind, pk))


@require_POST
@operators_only
def move_one(request: HttpRequest, kind: str, pk: int, verb: str) -> HttpResponse:
    """One place up or down."""
    assert isinstance(request.user, Person)
    row = _row(kind, pk)
    if verb not in ("up", "down"):
        raise Http404
    move(row, verb == "up", request.user)
    return redirect("desk:topics")


def _row(kind: str, pk: int) -> Topic | Detail:
    if pk > 2**31:
        raise Http404
    return get_object_or_404(Topic, pk=pk) if _model(kind) is Topic else get_object_or_404(Detail, pk=pk)


def _model(kind: str) -> type[Topic] | type[Detail]:
    if kind not in _FORMS:
        raise Http404
    return Topic if kind == "topic" else Detail


def _edit(request: HttpRequest, kind: str, row: Topic | Detail | None) -> HttpResponse:
    assert isinstance(request.user, Person)
    model = _model(kind)
    if request.method == "POST":
        form = _FORMS[kind](request.POST, instance=row)
        if form.is_valid() and _save(form, model, request.user, is_new=row is None):
            messages.success(request, _("Saved: customers see it from now on."))
            return redirect("desk:topics")
    else:
        topic = request.GET.get("topic", "")
        chosen = {"topic": topic if topic.isascii() and topic.isdigit() and len(topic) < 10 else None}
        first = {"channels": list(ChannelKind.values)} if kind == "topic" and row is None else {}
        form = _FORMS[kind](instance=row, initial=chosen | first if row is None else None)
    context = {"form": form, "row": row, "kind": kind}
    return render(request, "desk/topic.html", context, status=422 if request.method == "POST" else 200)


def _save(form: Words, model: type[Topic] | type[Detail], operator: Person, *, is_new: bool) -> bool:
    row: Any = form.save(commit=False)
    among = {"topic": row.topic} if isinstance(row, Detail) else {}
    if is_new:
        if model._default_manager.filter(**among).count() >= (MOST_DETAILS if among else MOST_TOPICS):
            form.add_error(None, _("There are too many; use one that is out of use."))
            return False
        row.place = last_place(model, **among)
        row.slug = _free_slug(model, row.words_en)
    elif among and "topic" in form.changed_data:
        row.place = last_place(model, **among)
    try:
        with transaction.atomic():
            row.save()
            note_change(row, operator, is_new=is_new)
    except IntegrityError:  # two new ones of one name at once
        form.add_error(None, _("Somebody was faster. Please press again."))
        return False
    return True


def _free_slug(model: type[Topic] | type[Detail], words: str) -> str:
    """What the house knows it by; it stays, whatever becomes of the words."""
    wanted = slugify(words)[:25].strip("-") or "topic"
    taken = set(model._default_manager.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 3) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)
