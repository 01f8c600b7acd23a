"""Where a visitor of the demo stands: one machine has no prefectures, so a cookie chosen on /demo/ becomes the address that
a proxy would have named."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "standing"
# Addresses that GeoLite2 places there, both of one operator's network. The intruder of the story is that close to his victim: from
# a network of its own, the iPhone would be so unlike everything before it that the password alone let nobody in.
STANDING = {"tokyo": "133.14.192.1", "osaka": "133.16.128.1"}


class StandElsewhere:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = STANDING.get(request.COOKIES.get(COOKIE, ""))
        if address:
            request.META["HTTP_X_FORWARDED_FOR"] = address
        return self.get_response(request)
