"""What went wrong, as programs read it: problem details (RFC 9457) with a code of ours, in words of the asker's language."""

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

CODES: dict[str, tuple[int, str | Promise]] = {
    "unreadable": (400, gettext_lazy("The body is no JSON")),
    "no-idempotency-key": (400, gettext_lazy("Writes need an Idempotency-Key of 1 to 200 characters")),
    "no-key": (401, gettext_lazy("No key, or one that is not known or no longer good")),
    "out-of-scope": (403, gettext_lazy("The key may not be used for this")),
    "not-found": (404, gettext_lazy("There is no such thing for this key")),
    "answered-otherwise": (409, gettext_lazy("The customer has answered before, and otherwise")),
    "too-large": (413, gettext_lazy("The request is larger than 2.5 megabytes")),
    "invalid": (422, gettext_lazy("Some of what was sent cannot be")),
    "other-request": (422, gettext_lazy("The Idempotency-Key was used for another request")),
    "over-the-limit": (429, gettext_lazy("Too many requests for this key")),
}
MOST_FAULTS = 50


class Problem(Exception):
    def __init__(self, code: str, retry_after_s: int | None = None, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(code)
        self.code, self.retry_after_s, self.errors = code, retry_after_s, errors


class Fault(Schema):
    field: str
    message: str


class ProblemDetails(Schema):
    """RFC 9457."""

    type: str = Field(description="The address of the problem's description")
    title: str = Field(description="In the language asked for (Accept-Language)")
    status: int
    code: str = Field(description="What programs look at")
    errors: list[Fault] | None = None


def answer(problem: Problem) -> HttpResponse:
    status, title = CODES[problem.code]
    details: dict[str, Any] = {
        "type": f"{settings.MIOBOE_BASE_URL}/api/v1/docs#{problem.code}",
        "title": str(title),
        "status": status,
        "code": problem.code,
    }
    if problem.errors:
        details["errors"] = problem.errors
    response = HttpResponse(
        json.dumps(details, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if problem.retry_after_s is not None:
        response["Retry-After"] = str(problem.retry_after_s)
    return response


def put_in_place(api: NinjaAPI) -> None:
    """Every fault of the interface is told as a problem."""

    def tell(exception: type[Exception], code: str) -> None:
        api.add_exception_handler(exception, lambda request, error: answer(Problem(code)))

    api.add_exception_handler(Problem, lambda request, problem: answer(problem))  # type: ignore[arg-type]
    api.add_exception_handler(ValidationError, _invalid)  # type: ignore[arg-type]
    tell(AuthenticationError, "no-key")
    tell(RequestDataTooBig, "too-large")
    tell(Http404, "not-found")
    api.add_exception_handler(HttpError, _unreadable)  # type: ignore[arg-type]


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code != 400:
        raise error
    return answer(Problem("unreadable"))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Which field, and why; never what was in it."""
    if any(fault["loc"][0] == "header" for fault in error.errors):
        return answer(Problem("no-idempotency-key"))
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"][2:]) or "body", "message": fault["msg"]}
        for fault in error.errors[:MOST_FAULTS]
    ]
    return answer(Problem("invalid", errors=faults))
