"""Where a parcel would go, for whoever looks: what the promise is for."""

from django.http import HttpRequest

from mioboe.orders.models import Destination, OneClick
from mioboe.orders.promises import Place
from mioboe.people.models import Address, Person
from mioboe.shopfront import guests

SESSION_KEY = "place"


def where_to(request: HttpRequest) -> Address | Destination | Place | None:
    """The address of one click, else the newest; a guest's, where it was told; else the place that was typed in this
    browser. None where nobody knows: the promise is for the shop's own prefecture then."""
    known = _address(request.user) if isinstance(request.user, Person) else _guests_address(request)
    if known is not None:
        return known
    typed = request.session.get(SESSION_KEY)
    return Place(typed) if typed else None


def choose(request: HttpRequest, prefecture: str) -> None:
    request.session[SESSION_KEY] = prefecture


def _address(person: Person) -> Address | None:
    choice = OneClick.objects.select_related("address").filter(person=person).first()
    if choice and choice.address:
        return choice.address
    return Address.objects.filter(person=person).order_by("-since", "-id").first()


def _guests_address(request: HttpRequest) -> Destination | None:
    guest = guests.current(request)
    return guest.destination if guest else None
