"""The way to us: which order, what it is about, the detail, by telephone, chat or mail. Each choice is in the address; only the last
page is sent, by one press."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mioboe.calls.numbers import NotCalled, as_dialled, number_to_call
from mioboe.cases.actions import open_case
from mioboe.cases.models import ChannelKind, LeadsTo
from mioboe.help import channels
from mioboe.help.access import let_in
from mioboe.help.asking import ask_for_call
from mioboe.help.callers import Caller, caller_of
from mioboe.help.calling import CallForm, waiting_for
from mioboe.help.choices import NO_ORDER, Choices, mail_check_url, read
from mioboe.help.clocks import on_clock_of
from mioboe.help.contact_links import LONGEST_QUERY
from mioboe.orders.facts import OrderFacts, undoable_lines
from mioboe.orders.history import Key, Wanted, page_of
from mioboe.orders.models.searching import LONGEST_SOUGHT

# Kept by the browser for its own "back", so that typed words are there again; by nothing in between, and asked for anew otherwise.
own_copy = cache_control(private=True, no_cache=True)


@own_copy
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """The next thing to choose."""
    caller = caller_of(request)
    if caller is None:
        return render(request, "help/contact_who.html", {"query": request.GET.urlencode()[:LONGEST_QUERY]})
    with on_clock_of(request, caller.person):
        return _next(request, caller)


def _next(request: HttpRequest, caller: Caller) -> HttpResponse:
    chosen = read(request.GET, caller)
    if not chosen.is_told:
        return _orders(request, caller)
    if chosen.detail is None and chosen.topics:
        context = {"chosen": chosen, "caller": caller, "topics": _with_urls(chosen)}
        return render(request, "help/contact_about.html", context)
    if chosen.detail and request.GET.get("on") != "1":
        step = _before(request, caller, chosen, LeadsTo(chosen.detail.leads_to))
        if step is not None:
            return step
    return _how(request, caller, chosen)


def _orders(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every kind in one list, films too, newest first."""
    sought = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SOUGHT]
    if caller.only:
        order = caller.order(caller.only)
        context: dict[str, object] = {"orders": [order] if order else [], "page": None}
    else:
        older, newer = (Key.read(request.GET.get(name, "")) for name in ("older", "newer"))
        page = page_of(caller.person, Wanted(text=sought), older, newer)
        context = {"orders": page.orders, "page": page, "has_any": page.orders or caller.orders.exists()}
    context |= {"sought": sought, "longest": LONGEST_SOUGHT, "caller": caller, "no_order": NO_ORDER}
    return render(request, "help/contact.html", context)


def _with_urls(chosen: Choices) -> list[tuple[object, str, list[tuple[object, str]]]]:
    """The topics with their details; the chosen one alone where one is."""
    return [
        (
            topic,
            chosen.but(about=topic.slug, detail=""),
            [(detail, chosen.but(about=topic.slug, detail=detail.slug)) for detail in details],
        )
        for topic, details in chosen.topics
        if chosen.topic in (None, topic)
    ]


# --- what comes between the choice and us ---------------------------------------------------------------------------


def _before(request: HttpRequest, caller: Caller, chosen: Choices, leads_to: LeadsTo) -> HttpResponse | None:
    """What may answer it already, with a way on; None where there is nothing to show."""
    if leads_to == LeadsTo.REMEMBER and chosen.order:
        return redirect(f"{reverse('help:report_order', args=[chosen.order.number])}?{chosen.query}")
    context: dict[str, object] = {"chosen": chosen, "caller": caller, "on": f"{chosen.query}&on=1"}
    if leads_to == LeadsTo.PARCEL and chosen.order and chosen.order.parcels.all():
        return render(request, "help/contact_parcel.html", context | {"facts": OrderFacts(chosen.order)})
    if leads_to == LeadsTo.UNDO and chosen.order and caller.is_signed_in and undoable_lines(chosen.order):
        return render(request, "help/contact_undo.html", context | {"facts": OrderFacts(chosen.order)})
    if leads_to == LeadsTo.SAFETY and caller.is_signed_in:
        return render(request, "help/contact_safety.html", context)
    if leads_to == LeadsTo.MAIL_CHECK and mail_check_url():
        return render(request, "help/contact_mail.html", context | {"mail_check_url": mail_check_url()})
    return None


# --- how -------------------------------------------------------------------------------------------------------------


def _how(request: HttpRequest, caller: Caller, chosen: Choices) -> HttpResponse:
    ways = chosen.channels
    if len(ways) == 1:  # nothing to choose
        return redirect(ways[0].url(chosen.query))
    context = {"chosen": chosen, "caller": caller, "ways": [(way, way.url(chosen.query)) for way in ways]}
    return render(request, "help/contact_how.html", context)


@own_copy
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """By telephone: the number, now or later, and the one press that opens the case and has us call."""
    caller = caller_of(request)
    if caller is None:
        return redirect_to_login(request.get_full_path())
    chosen = read(request.GET, caller)
    is_by_phone = ChannelKind.PHONE in [channel.kind for channel in chosen.channels]
    if not chosen.is_told or (chosen.detail is None and chosen.topics) or not is_by_phone:
        return redirect(chosen.contact_url if chosen.query else "help:contact")
    with on_clock_of(request, caller.person):
        return _by_phone(request, caller, chosen)


def _by_phone(request: HttpRequest, caller: Caller, chosen: Choices) -> HttpResponse:
    form = CallForm.of(request, caller.person)
    status, over = 200, None
    if request.method == "POST":
        wish = form.read(request.POST.get("when", "now"))
        if wish:
            case = open_case(
                caller.person, chosen.order, caller.proof, request.POST.get("words", ""), detail=chosen.detail
            )
            if not caller.is_signed_in:
                let_in(request, case)
            asked = ask_for_call(request, case, wish, form)
            if asked.callback:
                return redirect("help:waiting", case.number)
            over = asked.over
        status = 422
    context = {
        "chosen": chosen,
        "caller": caller,
        "form": form,
        "over": over,
        "words": request.POST.get("words", ""),
        "waiting": waiting_for(form.language, chosen.detail.topic.slug if chosen.detail else ""),
        "others": [(way, way.url(chosen.query)) for way in channels.others(ChannelKind.PHONE, _kinds(chosen))],
    }
    return render(request, "help/contact_phone.html", context, status=status)


def _kinds(chosen: Choices) -> list[str]:
    return [channel.kind.value for channel in chosen.channels]


@require_POST
def number_told(request: HttpRequest) -> HttpResponse:
    """How a number is understood, while it is typed; for pages with scripts."""
    context: dict[str, str] = {}
    typed = request.POST.get("number", "")
    if typed.strip():
        try:
            context["dialled"] = as_dialled(number_to_call(typed, request.POST.get("country", "")[:2]))
        except NotCalled as refusal:
            context["problem"] = str(refusal)
    return render(request, "help/_number_told.html", context)
