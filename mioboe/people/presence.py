"""At the door: that a session is in use."""

import time
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

# "Last seen" is shown in minutes; each writing is a commit, which every page would wait for.
NOTED_EVERY_S = 60
# As many sessions as one process remembers having noted; forgotten, one is noted once more than it need be.
MOST_REMEMBERED = 10_000


class NoteSessions:
    """Notes the sessions in use in allauth's list, in the place of allauth's own middleware, which writes for every
    request: here a session is written down at most once a minute, and at once where its address or browser is another."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.noted: dict[tuple[str, str, str], float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key:
            self._note(request, request.session.session_key)
        return self.get_response(request)

    def _note(self, request: HttpRequest, session_key: str) -> None:
        used = (session_key, get_adapter().get_client_ip(request), request.headers.get("User-Agent", ""))
        now = time.monotonic()
        if now - self.noted.get(used, -NOTED_EVERY_S) < NOTED_EVERY_S:
            return
        UserSession.objects.create_from_request(request)
        if len(self.noted) >= MOST_REMEMBERED:
            self.noted.clear()
        self.noted[used] = now
