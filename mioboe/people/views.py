"""Our own pages beside allauth's: confirming by a mailed code, and another mail address."""

from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.people.actions import mail_addresses
from mioboe.people.forms import MailedCode, NewAddress
from mioboe.people.guesses import may_mail_code
from mioboe.people.mailed_codes import check_code, code_is_out, mail_code
from mioboe.people.models import MailAddressChange, Person
from mioboe.people.proofs import fresh_proof_required, only_looks, proofs_given, proofs_possible

get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def signed_in(request: HttpRequest) -> Person:
    """Behind a view that only lets in who is."""
    assert isinstance(request.user, Person)
    return request.user


@never_cache
@get_and_post
@login_required
def by_code(request: HttpRequest) -> HttpResponse:
    """Confirms whoever is signed in by a code into the mailbox of the account. For those who have set up something better it shows
    that the mailbox is theirs, and counts for no more."""
    person = signed_in(request)
    going_on = get_next_redirect_url(request) or ""
    form, status = MailedCode(), 200
    if request.method == "POST":
        account = person.email, get_adapter(request).known_device(request, person.email)
        if "send" in request.POST:
            may_mail_code(request, *account)
            mail_code(request, person)
            messages.success(request, _("The code is on its way into your mailbox."))
        else:
            form = MailedCode(request.POST)
            if form.is_valid() and code_is_out(request):
                if check_code(request, person, form.cleaned_data["code"]):
                    return _confirmed_by_code(request)
                form.add_error("code", _("That code is not right, or too old."))
            status = 422
    context = {"form": form, "is_out": code_is_out(request), "next": going_on, "alternatives": _others(request)}
    return render(request, "account/reauthenticate_by_code.html", context, status=status)


def _confirmed_by_code(request: HttpRequest) -> HttpResponse:
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    counts_fully = any(way["id"] == "reauthenticate_by_code" for way in ways)
    record_authentication(request, request.user, method="code", reauthenticated=counts_fully or None)
    going_on = resume_request(request) if counts_fully else None
    return going_on or redirect(get_next_redirect_url(request) or "mfa_index")


def _others(request: HttpRequest) -> list[dict[str, str]]:
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    return [way for way in ways if way["id"] != "reauthenticate_by_code"]


@never_cache
@get_and_post
@partial(fresh_proof_required, unless=only_looks)
def mail_address(request: HttpRequest) -> HttpResponse:
    """The account's mail address, what is on its way to it, and asking for another."""
    person = signed_in(request)
    mail_addresses.drop_lapsed(person)
    proofs = proofs_given(request, person)
    enough = sum(proof.is_old_enough for proof in proofs.values()) >= mail_addresses.PROOFS_NEEDED
    form, status = NewAddress(person=person), 200
    if request.method == "POST":
        form = NewAddress(request.POST, person=person)
        status = 422
        if form.is_valid():
            try:
                mail_addresses.ask_for_change(person, form.cleaned_data["new"], proofs.values())
            except mail_addresses.NotProven:
                form.add_error(None, _("Please confirm first, in two ways, that it is you."))
            except mail_addresses.AlreadyOnItsWay:
                form.add_error(None, _("Another address is on its way already. Stop it first."))
            else:
                return redirect("mail_address")
    open_ones = mail_addresses.open_changes(person)
    context = {
        "form": form,
        "change": open_ones[0] if open_ones else None,
        "enough": enough,
        "ways": _ways(request),
    }
    return render(request, "account/mail_address.html", context, status=status)


_ADDRESSES = {
    "password": "account_reauthenticate",
    "mailbox": "reauthenticate_by_code",
    "passkey": "mfa_reauthenticate_webauthn",
    "totp": "mfa_reauthenticate",
}


def _ways(request: HttpRequest) -> list[dict[str, object]]:
    """Each way to prove oneself: given already, possible now, or too new to count."""
    given = proofs_given(request, signed_in(request))
    here = reverse("mail_address")
    return [
        {
            "kind": str(kind),
            "is_given": kind in given and given[kind].is_old_enough,
            "is_old_enough": is_old_enough,
            "url": f"{reverse(_ADDRESSES[kind])}?next={here}",
        }
        for kind, is_old_enough in proofs_possible(signed_in(request)).items()
        if kind != "password" or get_adapter(request).is_password_enough(request)
    ]


@require_POST
@login_required
def stop_mail_address(request: HttpRequest) -> HttpResponse:
    """From the account's own page. Needs no further proof: it leaves things as they are."""
    if mail_addresses.stop_changes(signed_in(request)):
        messages.success(request, _("Stopped. Your mail address stays as it is."))
    return redirect("mail_address_stopped")


@never_cache
@require_http_methods(["GET", "HEAD"])
@login_required
def mail_address_stopped(request: HttpRequest) -> HttpResponse:
    return render(request, "account/mail_address_stopped.html")


@never_cache
@get_and_post
def confirm_mail_address(request: HttpRequest, secret: str) -> HttpResponse:
    """Behind the link in the mail to the new address: one press."""
    change = mail_addresses.find_to_confirm(secret)
    if change and request.method == "POST" and mail_addresses.confirm_change(change):
        return render(request, "account/mail_address_confirmed.html", {"change": change})
    return _behind_link(request, "account/mail_address_confirm.html", change)


@never_cache
@get_and_post
def stop_mail_address_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Behind the link in the mail to the old address: one press, whoever is signed in or not."""
    change = mail_addresses.find_to_stop(secret)
    if change and request.method == "POST" and mail_addresses.stop_change(change):
        return render(request, "account/mail_address_stopped.html")
    return _behind_link(request, "account/mail_address_stop.html", change)


def _behind_link(request: HttpRequest, page: str, change: MailAddressChange | None) -> HttpResponse:
    if change is None:
        return render(request, "account/mail_address_lapsed.html", status=410)
    return render(request, page, {"change": change})
