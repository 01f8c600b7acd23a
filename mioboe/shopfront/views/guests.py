"""Check-out without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mioboe.orders.actions import person_for_guest
from mioboe.shopfront import guests
from mioboe.shopfront.carts import find_cart, has_parcels
from mioboe.shopfront.forms import GuestForm
from mioboe.site.language import is_japanese


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """Mail address and address. Whether the mail address belongs to an account, nobody learns here."""
    if request.user.is_authenticated:
        return redirect("shopfront:check_out")
    cart = find_cart(request)
    needs_address = cart is None or has_parcels(cart)
    if request.method != "POST":
        form = GuestForm(initial=told_before(guests.current(request)), needs_address=needs_address)
        return render(request, "shopfront/guest.html", {"form": form})
    form = GuestForm(request.POST, needs_address=needs_address)
    if not form.is_valid():
        return render(request, "shopfront/guest.html", {"form": form}, status=422)
    mail = form.cleaned_data["mail"]
    if not guests.may_begin(request, mail):
        form.add_error(None, _("That was too often in a short time. Please try again in an hour, or sign in."))
        return render(request, "shopfront/guest.html", {"form": form}, status=429)
    language = "ja" if is_japanese() else "en"
    guests.begin(request, mail, person_for_guest(mail, language), form.told_destination)
    return redirect("shopfront:check_out")


def told_before(guest: guests.Guest | None) -> dict[str, str] | None:
    """What the form shows again to whoever has told it."""
    if guest is None:
        return None
    return {"mail": guest.mail, **(vars(guest.destination) if guest.destination else {})}
