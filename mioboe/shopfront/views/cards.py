"""Saving and removing cards. The number is typed on the gateway's own page and never arrives here."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mioboe.orders.actions import remove_card
from mioboe.payments import actions as payments
from mioboe.payments.gateways import Declined, Unsure
from mioboe.people.models import Person
from mioboe.shopfront import guests
from mioboe.shopfront.forms import saved_cards
from mioboe.site.limits import is_within_limit

SESSION_KEY = "card_entry"
# Thieves try stolen cards one after the other.
MOST_CARDS_AN_HOUR = 10
MOST_CARDS = 20


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """To the gateway's page, for a customer or for the guest of this browser; back to the check-out or the settings."""
    goes_on = "shopfront:check_out" if request.POST.get("next") == "checkout" else "shopfront:settings"
    person = _who(request)
    if person is None:
        return redirect("shopfront:check_out")
    if not all(
        is_within_limit("card.enter", whose, MOST_CARDS_AN_HOUR, guests.HOUR_S)
        for whose in (f"person:{person.pk}", f"from:{request.META['REMOTE_ADDR']}")
    ):
        messages.error(request, _("That was too often in a short time. Please try again in an hour."))
        return redirect(goes_on)
    if request.user.is_authenticated and saved_cards(person).count() >= MOST_CARDS:
        messages.error(request, _("Please remove a card before you add another one."))
        return redirect(goes_on)
    try:
        page = payments.begin_card(person, settings.MIOBOE_BASE_URL + reverse("shopfront:card_entered"))
    except (Unsure, Declined):
        messages.error(request, _("The card page cannot be reached at the moment. Please try again shortly."))
        return redirect(goes_on)
    request.session[SESSION_KEY] = {"goes_on": goes_on, "person": person.pk}
    return redirect(page)


@never_cache
@require_safe
def entered(request: HttpRequest) -> HttpResponse:
    """Back from the gateway. It ends what this session began with a press: without that, it does nothing; and a card that
    was entered by somebody else is refused."""
    begun, person = request.session.pop(SESSION_KEY, None), _who(request)
    if not begun or person is None or begun["person"] != person.pk:
        return redirect("shopfront:cart")
    reference = request.GET.get("card", "")
    if not reference or len(reference) > 200 or "\0" in reference:
        messages.info(request, _("No card was added."))
        return redirect(begun["goes_on"])
    try:
        card = payments.finish_card(person, reference)
    except Declined:
        messages.error(request, _("No card was added."))
    except Unsure:
        request.session[SESSION_KEY] = begun
        messages.error(request, _("The card could not be checked just now. Please load this page again."))
    else:
        if not request.user.is_authenticated:
            guests.use_card(request, card)
            payments.remove_card(card)  # for this time only: nobody is ever offered it
        messages.success(request, _("Card ending in {last4} added.").format(last4=card.last4))
    return redirect(begun["goes_on"])


@require_POST
@login_required
def remove(request: HttpRequest, number: int) -> HttpResponse:
    assert isinstance(request.user, Person)
    card = get_object_or_404(saved_cards(request.user), pk=number)
    if remove_card(card):
        messages.info(request, _("The card is removed, and 1-click is off: it used this card."))
    else:
        messages.info(request, _("The card is removed."))
    return redirect("shopfront:settings")


def _who(request: HttpRequest) -> Person | None:
    if isinstance(request.user, Person):
        return request.user
    guest = guests.current(request)
    return guest.person if guest else None
