"""Nobody meets an empty "not allowed" page: whoever comes by GET to an address that only takes presses is led to the page above it.
That happens where the language is switched on the answer to a press, where somebody had to sign in or confirm in between, and where such
an answer is loaded again by its address."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import is_valid_path

NOT_ALLOWED = 405


class LeadToNearestPage:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
        if response.status_code == NOT_ALLOWED and request.method == "GET" and is_page:
            return HttpResponseRedirect(page_above(request.path))
        return response


def page_above(path: str) -> str:
    """The nearest address above that is one of ours; the way goes up at every step, so that it ends."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            return path
    return path
