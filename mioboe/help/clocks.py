"""Whose clock a page shows."""

from contextlib import AbstractContextManager, nullcontext

from django.http import HttpRequest

from mioboe.people.models import Person
from mioboe.people.preferences import clock_of


def on_clock_of(request: HttpRequest, person: Person) -> AbstractContextManager[object]:
    """The clock of whoever is signed in holds already; who came by a mailed link is the case's customer, with the customer's clock."""
    return nullcontext() if request.user.is_authenticated else clock_of(person)
