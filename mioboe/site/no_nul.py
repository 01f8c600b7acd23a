"""Nobody can type the NUL character and PostgreSQL keeps no text with one: a request that has it comes from a program that
looks for holes, and is refused at the door instead of breaking something inside."""

from collections.abc import Callable, Iterator

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\0"


class RefuseNul:
    """Answers 400 where the address, the query, a cookie or a form's field has a NUL. Files may have what they like."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(NUL in text for text in _texts(request)):
            if NUL in (request.session.session_key or ""):
                request.session = type(request.session)()  # the page that says no looks at it
            raise BadRequest("a NUL character")
        return self.get_response(request)


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    yield from request.COOKIES.values()
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from (value for value in values if isinstance(value, str))
