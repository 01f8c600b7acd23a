"""Who buys without an account: what this browser's session knows of them, and how often they may try.

An account that has the same mail address gets the order into its history; nothing of it (name, cards, addresses, that it
exists) is shown to or used for the guest, and the guest's card is not offered to the account."""

from dataclasses import asdict, dataclass

from django.http import HttpRequest

from mioboe.orders.models import Destination, Order
from mioboe.payments.models import Card
from mioboe.people.models import Person
from mioboe.site.limits import is_within_limit

SESSION_KEY = "guest"
ORDERS_KEY = "guest_orders"
# Another list: the mail address of `ORDERS_KEY` was typed, that of this one was shown to be theirs.
FILMS_KEY = "guest_films"
MOST_REMEMBERED = 20
HOUR_S = 3600
# Guesses at mail addresses and card tests come by the hundred; a person orders once or twice.
MOST_AN_ADDRESS_OF_THE_NETWORK = 20
MOST_A_MAIL = 5


@dataclass(frozen=True)
class Guest:
    mail: str
    person: Person
    destination: Destination | None  # films need none
    card: Card | None


def current(request: HttpRequest) -> Guest | None:
    """The guest that this browser is, after the mail address and the address were told."""
    told = request.session.get(SESSION_KEY)
    person = Person.objects.filter(pk=told["person"]).first() if told else None
    if told is None or person is None:
        return None
    card = Card.objects.filter(pk=told["card"], person=person).first() if told.get("card") else None
    to = Destination(**told["to"]) if told["to"] else None
    return Guest(told["mail"], person, to, card)


def begin(request: HttpRequest, mail: str, person: Person, to: Destination | None) -> None:
    """Remembers what was told. Another mail address needs another card, as the card was entered for that person."""
    before = request.session.get(SESSION_KEY) or {}
    card = before.get("card") if before.get("person") == person.pk else None
    told = asdict(to) if to else None
    request.session[SESSION_KEY] = {"mail": mail, "person": person.pk, "to": told, "card": card}


def use_card(request: HttpRequest, card: Card) -> None:
    request.session[SESSION_KEY] = {**request.session[SESSION_KEY], "card": card.pk}


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def remember(request: HttpRequest, orders: list[Order]) -> None:
    """This browser may see these orders until its session ends; the card was for this time only."""
    _add(request, ORDERS_KEY, [order.number for order in orders])


def orders_of(request: HttpRequest) -> list[str]:
    found: list[str] = request.session.get(ORDERS_KEY, [])
    return found


def let_watch(request: HttpRequest, order: Order) -> None:
    """This browser may watch the order's films until its session ends, as the mailed link was pressed in it."""
    _add(request, FILMS_KEY, [order.number])


def may_watch(request: HttpRequest, number: str) -> bool:
    return number in request.session.get(FILMS_KEY, [])


def _add(request: HttpRequest, key: str, numbers: list[str]) -> None:
    known = dict.fromkeys([*request.session.get(key, []), *numbers])
    request.session[key] = list(known)[-MOST_REMEMBERED:]


def may_begin(request: HttpRequest, mail: str) -> bool:
    return _is_within_limits(request, "guest.begin", mail.lower())


def may_pay(request: HttpRequest, person: Person) -> bool:
    return _is_within_limits(request, "guest.pay", str(person.pk))


def may_have_new_link(request: HttpRequest, order: Order) -> bool:
    return _is_within_limits(request, "guest.film_link", order.number)


def _is_within_limits(request: HttpRequest, what: str, whose: str) -> bool:
    return is_within_limit(
        f"{what}.from", request.META["REMOTE_ADDR"], MOST_AN_ADDRESS_OF_THE_NETWORK, HOUR_S
    ) and is_within_limit(what, whose, MOST_A_MAIL, HOUR_S)
