"""Who acts now. Set once at the door (a request, a job), read by `record`, so that no verb has to pass it on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from mioboe.people.models import Person


@dataclass(frozen=True)
class Actor:
    kind: str  # customer, agent, operator, visitor, system
    person: Person | None = None
    ip: str | None = None


SYSTEM = Actor("system")
_acting: ContextVar[Actor] = ContextVar("acting", default=SYSTEM)


def acting() -> Actor:
    return _acting.get()


@contextmanager
def act_as(actor: Actor) -> Iterator[None]:
    """Everything recorded inside is this actor's doing."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


class WhoActs:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        kind = person.role if person else "visitor"
        with act_as(Actor(kind, person, request.META["REMOTE_ADDR"])):
            return self.get_response(request)
