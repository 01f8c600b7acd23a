"""What stands around the shop in the demo: a mailbox, a telephone, a bank, and where one stands."""

import email
import email.policy
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from mioboe.calls import actions as calls
from mioboe.calls.models import Callback, CallbackState
from mioboe.demo import people
from mioboe.demo.bank import statement
from mioboe.demo.mailbox import Received, received
from mioboe.demo.standing import COOKIE, STANDING
from mioboe.mails.dkim import is_signed_by_us
from mioboe.people.models import Person


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {"people": people, "standing": request.COOKIES.get(COOKIE, ""), "places": STANDING}
    return render(request, "demo/home.html", context)


@require_POST
def stand(request: HttpRequest) -> HttpResponse:
    """Stands in another prefecture from now on, in this browser."""
    response = redirect("demo:home")
    place = request.POST.get("place", "")
    if place in STANDING:
        response.set_cookie(COOKIE, place, samesite="Lax", httponly=True)
    return response


@never_cache
@require_safe
def mailbox(request: HttpRequest, address: str) -> HttpResponse:
    context = {
        "address": address,
        "language": _language_of(address),
        "mails": received(address),
        "topic": f"mailbox:{address}",
    }
    name = "demo/_mailbox.html" if request.headers.get("HX-Request") else "demo/mailbox.html"
    return render(request, name, context)


def _language_of(address: str) -> str:
    """The language that mails to this address are in."""
    person = Person.objects.filter(email__iexact=address).first()
    return person.language if person else settings.LANGUAGE_CODE


def _mail(address: str, key: str) -> Received:
    found = next((mail for mail in received(address) if mail.key == key), None)
    if found is None:
        raise Http404
    return found


@require_safe
def mail(request: HttpRequest, address: str, key: str) -> HttpResponse:
    found = _mail(address, key)
    context = {
        "address": address,
        "language": _language_of(address),
        "mail": found,
        "is_signed": is_signed_by_us(Path(found.path).read_bytes()),
    }
    return render(request, "demo/mail.html", context)


@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, address: str, key: str) -> HttpResponse:
    """The mail itself, as a mail program shows it: in a frame, without scripts."""
    message = email.message_from_bytes(Path(_mail(address, key).path).read_bytes(), policy=email.policy.default)
    body = message.get_body(("html", "plain"))
    if body is None:
        raise Http404
    content = body.get_content()
    if body.get_content_type() == "text/plain":
        context = {"text": content, "subject": message["Subject"], "language": _language_of(address)}
        content = render_to_string("demo/mail_text.html", context)
    # Links open in the whole window, as they do in a mail program.
    response = HttpResponse(content.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
    )
    return response


def _ringing(number: str) -> Callback | None:
    return (
        Callback.objects.filter(number=number, state__in=[CallbackState.RINGING, CallbackState.TALKING])
        .select_related("case__customer", "case__order")
        .first()
    )


@never_cache
@require_safe
def telephone(request: HttpRequest, number: str) -> HttpResponse:
    """Stands for the telephone of that number."""
    callback = _ringing(number)
    context = {
        "number": number,
        "topic": f"phone:{number}",
        "callback": callback,
        "caller": settings.MIOBOE_CALLER_ID,
        "urls": {verb: reverse("demo:telephone_verb", args=[number, verb]) for verb in ("answer", "hang_up", "audio")},
    }
    name = "demo/_telephone.html" if request.headers.get("HX-Request") else "demo/telephone.html"
    return render(request, name, context)


@require_POST
def telephone_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    callback = _ringing(number)
    if callback is None:
        return HttpResponse(status=409)
    if verb == "answer":
        try:
            calls.answer_call(callback, on_number=True)
        except calls.TooLate:
            return HttpResponse(status=409)
    elif verb == "hang_up":
        calls.end_call(callback)
    elif verb == "audio":
        calls.note_audio_told(callback, "customer", request.POST)
    else:
        raise Http404
    return HttpResponse(status=204)


@require_safe
@login_required
def statement_csv(request: HttpRequest) -> HttpResponse:
    """The demo bank's statement of the signed-in customer, in the layout of Rakuten e-NAVI."""
    assert isinstance(request.user, Person)
    return HttpResponse(
        statement(request.user),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="enavi.csv"'},
    )
