"""Through which every program comes in: its key, what that may be used for, and how often."""

import time

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from mioboe.api.keys import key_of
from mioboe.api.models import ApiKey, Scope
from mioboe.api.problems import Problem
from mioboe.site.limits import is_within_limit

WINDOW_S = 60


class Key(HttpBearer):
    """`Authorization: Bearer mio_…`, with a key that has this scope."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Raises Problem for a key out of its scope, or over its limit."""
        key = key_of(token)
        if key is None:
            return None
        if self.scope not in key.scopes:
            raise Problem("out-of-scope")
        if not is_within_limit("api", key.ref, settings.MIOBOE_API_REQUESTS_A_MINUTE, WINDOW_S):
            raise Problem("over-the-limit", retry_after_s=WINDOW_S - int(time.time()) % WINDOW_S)
        # What only this key's holder can read is made from the key itself, which is not kept.
        request.META["mioboe.api_key_text"] = token
        return key
