"""Who contacts us: somebody signed in, or whoever pressed a link that we mailed, who need not be."""

import time
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from mioboe.cases.models import ProofKind
from mioboe.orders.models import Order
from mioboe.people.models import Person
from mioboe.site.ids import heard

SESSION_KEY = "caller"
# A pressed link opens the way to us for so long, in the browser in which it was pressed.
LASTS_S = 3600


@dataclass(frozen=True)
class Caller:
    person: Person
    proof: ProofKind
    is_signed_in: bool
    only: str = ""  # the number of the one order that the pressed link was about; "" for all of the person's

    @property
    def orders(self) -> QuerySet[Order]:
        """The orders that this caller may choose from."""
        own = Order.objects.filter(customer=self.person)
        return own.filter(number=self.only) if self.only else own

    def order(self, number: str) -> Order | None:
        """One of them, with all that pages show of it."""
        found = self.orders.select_related("customer", "card", "sign_in__device")
        return found.prefetch_related("lines__product", "lines__access", "parcels").filter(number=heard(number)).first()


def caller_of(request: HttpRequest) -> Caller | None:
    """Who is in front of this browser; None where nobody knows."""
    if isinstance(request.user, Person):
        return Caller(request.user, ProofKind.SESSION, is_signed_in=True)
    told = request.session.get(SESSION_KEY)
    if not told or told["until"] < time.time():
        return None
    person = Person.objects.filter(pk=told["person"], is_active=True).first()
    return Caller(person, ProofKind.MAILBOX, is_signed_in=False, only=told["order"]) if person else None


def remember_caller(request: HttpRequest, person: Person, order: str = "") -> None:
    """After a press behind a mailed link: this browser may contact us as that person for an hour; `order` is the number of the one that
    the link was about."""
    request.session[SESSION_KEY] = {"person": person.pk, "order": order, "until": int(time.time()) + LASTS_S}
