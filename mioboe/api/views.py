"""Pages about the API: its reference, for everybody, and its keys, for operators."""

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mioboe.api.forms import KeyForm
from mioboe.api.keys import make_key, revoke_key, rotate_key
from mioboe.api.models import ApiKey, Scope
from mioboe.api.problems import CODES
from mioboe.api.v1 import api
from mioboe.people.doors import operators_only
from mioboe.people.models import Person
from mioboe.people.proofs import confirm_url, fresh_proof_required, is_fresh, only_looks

MOST_LISTED = 200


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every question that programs may ask, read from the OpenAPI description."""
    described = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "sent": _body(operation.get("requestBody")),
            "answers": [(status, _body(answer)) for status, answer in operation["responses"].items()],
        }
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    shapes = [
        {
            "name": name,
            "description": shape.get("description", ""),
            "fields": _fields(shape),
            "values": shape.get("enum"),
        }
        for name, shape in described["components"]["schemas"].items()
    ]
    context = {"operations": operations, "shapes": shapes, "problems": CODES.items()}
    return render(request, "api/reference.html", context)


def _body(part: dict[str, Any] | None) -> str:
    """The name of the shape of a request or answer; "" where it has none."""
    content = (part or {}).get("content") or {}
    return next((str(media["schema"].get("$ref", "")).rpartition("/")[2] for media in content.values()), "")


def _fields(shape: dict[str, Any]) -> list[dict[str, Any]]:
    required = set(shape.get("required", ()))
    return [
        {"name": name, "kind": _kind(field), "is_required": name in required, "words": field.get("description", "")}
        for name, field in shape.get("properties", {}).items()
    ]


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " | ".join(dict.fromkeys(_kind(one) for one in field["anyOf"]))
    if field.get("type") == "array":
        return f"[{_kind(field['items'])}]"
    if "enum" in field:
        return " | ".join(json.dumps(value) for value in field["enum"])
    return str(field.get("format") or field.get("type") or "")


@require_http_methods(["GET", "HEAD", "POST"])
@operators_only
@partial(fresh_proof_required, unless=only_looks)
def keys(request: HttpRequest) -> HttpResponse:
    """The keys there are; a new one is shown in the answer to the press that makes it, and never again."""
    assert isinstance(request.user, Person)
    form = KeyForm(request.POST if request.method == "POST" else None, initial={"scopes": Scope.values})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        made = make_key(chosen["name"], chosen["scopes"], chosen["source"], request.user)
        return _page(request, KeyForm(initial={"scopes": Scope.values}), made, 201)
    return _page(request, form, None, 422 if form.is_bound else 200)


def _to_keys(request: HttpRequest) -> str:
    return reverse("api:keys")


@require_POST
@operators_only
@partial(fresh_proof_required, back=_to_keys)
def key_verb(request: HttpRequest, prefix: str, verb: str) -> HttpResponse:
    assert isinstance(request.user, Person)
    key = get_object_or_404(ApiKey, prefix=prefix)
    if verb == "rotate":
        try:
            return _page(request, KeyForm(initial={"scopes": Scope.values}), rotate_key(key, request.user), 201)
        except ValueError:
            messages.error(request, _("This key was rotated or revoked before."))
    elif verb == "revoke":
        if revoke_key(key):
            messages.success(request, _("Revoked: this key opens nothing any more."))
    else:
        raise Http404
    return redirect("api:keys")


def _page(request: HttpRequest, form: KeyForm, made: tuple[ApiKey, str] | None, status: int) -> HttpResponse:
    rows = ApiKey.objects.select_related("made_by").order_by("-made_at")[:MOST_LISTED]
    context = {"form": form, "keys": rows, "made": made, "may_change": is_fresh(request)}
    context |= {"confirm_url": confirm_url(request, reverse("api:keys"))}
    response = render(request, "api/keys.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
