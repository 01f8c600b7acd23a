"""A customer's settings of buying: one click, cards, addresses."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from mioboe.orders.actions import TooMany, add_address, change_address, choose_one_click, remove_address
from mioboe.people.models import Person
from mioboe.shopfront.forms import AddressForm, ApprovalForm, OneClickForm, saved_cards


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def buying(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    form = OneClickForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        choose_one_click(person, told["is_on"], told.get("card"), told.get("address"), told["hold_to_buy"])
        messages.success(request, _("1-click is on.") if told["is_on"] else _("1-click is off."))
        return redirect("shopfront:settings")
    context = {
        "form": form,
        "approval": ApprovalForm(initial=ApprovalForm.initial_of(person)),
        "cards": saved_cards(person),
        "addresses": person.addresses.order_by("pk"),
    }
    return render(request, "shopfront/settings.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Person)
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_address(request.user, form.destination)
        except TooMany:
            form.add_error(None, _("Please remove an address before you add another one."))
        else:
            messages.success(request, _("The address is saved."))
            return redirect("shopfront:check_out" if request.GET.get("next") == "checkout" else "shopfront:settings")
    return render(request, "shopfront/address.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, number: int) -> HttpResponse:
    assert isinstance(request.user, Person)
    found = get_object_or_404(request.user.addresses, pk=number)
    names = ("recipient", "postcode", "prefecture", "street")
    form = AddressForm(
        request.POST if request.method == "POST" else None, initial={name: getattr(found, name) for name in names}
    )
    if request.method == "POST" and form.is_valid():
        change_address(found, form.destination)
        messages.success(request, _("The address is changed. Orders that are placed already keep the old one."))
        return redirect("shopfront:settings")
    context = {"form": form, "address": found}
    return render(request, "shopfront/address.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def remove(request: HttpRequest, number: int) -> HttpResponse:
    assert isinstance(request.user, Person)
    remove_address(get_object_or_404(request.user.addresses, pk=number))
    messages.info(request, _("The address is removed."))
    return redirect("shopfront:settings")
