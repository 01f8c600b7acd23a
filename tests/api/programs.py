"""Another shop's program, for tests."""

import itertools
from typing import Any

from django.test import Client

from mioboe.api.keys import make_key

HOME = "203.0.113.7"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
_count = itertools.count()


class Program:
    def __init__(self, source: str = "kobo", language: str = "en") -> None:
        self.key, self.text = make_key(f"{source} program", ["signins"], source)
        self.client = Client(headers={"accept-language": language}, raise_request_exception=False)

    def post(self, path: str, sent: Any, idempotency_key: str = "", **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}",
            sent,
            content_type="application/json",
            headers={
                "authorization": f"Bearer {self.text}",
                "idempotency-key": idempotency_key or f"ask-{next(_count)}",
                **headers,
            },
        )

    def report(self, account: str = "17", **told: Any) -> Any:
        """What we make of a sign-in; None for one that failed."""
        answer = self.post("signins", {"account": account, "ip": HOME, "user_agent": CHROME, **told})
        assert answer.status_code == 200, answer.content
        return answer.json()["sign_in"]
