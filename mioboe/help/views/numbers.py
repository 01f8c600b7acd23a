"""My telephone numbers: add, name, remove. Adding and removing ask once more who it is, as a number proves something."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mioboe.calls.numbers import NotCalled, example, grouped_countries, home_region, number_to_call
from mioboe.calls.saved_numbers import LONGEST_NAME, MOST_NUMBERS, NotSaved, add_number, name_number, remove_number
from mioboe.people.models import Person, Phone
from mioboe.people.proofs import fresh_proof_required


@never_cache
@login_required
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    phones = list(request.user.phones.order_by("since", "pk"))
    context = {"phones": phones, "longest_name": LONGEST_NAME, "is_full": len(phones) >= MOST_NUMBERS}
    return render(request, "help/numbers.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof_required
def add(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    typed, country = request.POST.get("number", ""), request.POST.get("country", "")[:2] or home_region()
    name, problem = request.POST.get("name", ""), ""
    if request.method == "POST":
        try:
            phone = add_number(request.user, number_to_call(typed, country), name)
        except NotCalled as refusal:
            problem = str(refusal)
        except NotSaved:
            problem = _("This number is on file already, or there are ten; remove one first.")
        else:
            messages.success(
                request,
                _("%(number)s is on file from now on. We mailed you about it.")
                % {"number": phone.number.as_international},
            )
            return redirect("help:numbers")
    context = {
        "form": {"countries": grouped_countries(), "country": country, "typed": typed[:100], "problem": problem},
        "example": example(country),
        "name": name[:LONGEST_NAME],
        "longest_name": LONGEST_NAME,
    }
    return render(request, "help/number_add.html", context, status=422 if problem else 200)


def _own(request: HttpRequest, pk: int) -> Phone:
    return get_object_or_404(Phone.objects.select_related("person"), pk=pk, person=request.user.pk)


@login_required
@require_POST
def name(request: HttpRequest, pk: int) -> HttpResponse:
    name_number(_own(request, pk), request.POST.get("name", ""))
    messages.success(request, _("The name is saved."))
    return redirect("help:numbers")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_proof_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """After one question: put on file again it proves nothing for a while."""
    phone = _own(request, pk)
    if request.method == "POST":
        remove_number(phone)
        messages.success(request, _("The number is removed. We mailed you about it."))
        return redirect("help:numbers")
    return render(request, "help/number_remove.html", {"phone": phone})
