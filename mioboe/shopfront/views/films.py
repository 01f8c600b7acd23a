"""Watching a film. A right that was withdrawn ends at the next request; the page hears of it at once (film.js)."""

import functools
import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mioboe.orders.actions import note_opened, note_progress
from mioboe.orders.models import Access, AccessState, HowBought, Order
from mioboe.shopfront import guests
from mioboe.shopfront.views.orders import _own_orders
from mioboe.site.ids import heard

# A film goes out in pieces: no reader, however slow, holds a thread, and a withdrawn right ends within one piece.
PIECE = 512 * 1024
# Whoever asks without a range gets the whole film only where it is small.
LARGEST_WHOLE = 4 * 1024 * 1024
# What is closer to the end than this has been seen: it starts anew.
CREDITS_S = 2


def _owners_and_guests(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The customer, signed in; and the browser in which the link of a guest's order mail was pressed."""
    signed_in = login_required(view)

    @functools.wraps(view)
    def guarded(request: HttpRequest, number: str, slug: str = "") -> HttpResponse:
        is_guest = guests.may_watch(request, heard(number))
        return (view if is_guest else signed_in)(request, number, slug)

    return guarded


def _order(request: HttpRequest, number: str) -> Order:
    number = heard(number)
    if guests.may_watch(request, number):
        return get_object_or_404(Order, number=number, how=HowBought.GUEST)
    return get_object_or_404(_own_orders(request), number=number)


def _rights(request: HttpRequest, number: str) -> list[Access]:
    found = _order(request, number)
    rights = Access.objects.filter(line__order=found).select_related("line__product", "line__order__customer", "person")
    return list(rights.order_by("id"))


def _right(request: HttpRequest, number: str, slug: str) -> Access:
    """The right to that film, or to the order's first one where none is named; one that still holds comes first."""
    matching = [right for right in _rights(request, number) if slug in ("", right.line.product.slug)]
    matching.sort(key=lambda right: right.state != AccessState.GRANTED)
    if not matching:
        raise Http404
    return matching[0]


@never_cache
@require_safe
@_owners_and_guests
def watch(request: HttpRequest, number: str, slug: str = "") -> HttpResponse:
    access = _right(request, number, slug)
    allowed = access.state == AccessState.GRANTED
    product = access.line.product
    context = {
        "order": access.line.order,
        "access": access,
        "product": product,
        "allowed": allowed,
        "is_there": bool(product.film_file) and _file(access).is_file(),
        "start_s": access.position_s if access.position_s + CREDITS_S < (product.film_s or 0) else 0,
        "others": [right for right in _rights(request, number) if right.pk != access.pk],
    }
    return render(request, "shopfront/watch.html", context, status=200 if allowed else 403)


@never_cache
@require_safe
@_owners_and_guests
def clip(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """The film itself, piece by piece (RFC 9110, 14). The first piece sent is noted: whoever got it has begun to watch,
    with a player of ours or without."""
    access = _right(request, number, slug)
    if access.state != AccessState.GRANTED:
        return HttpResponseForbidden()
    path = _file(access)
    if not path.is_file():
        raise Http404
    size = path.stat().st_size
    tag = f'"{size:x}-{path.stat().st_mtime_ns:x}"'
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", tag) != tag:
        asked = ""
    piece = _piece(asked, size)
    if piece is None and size > LARGEST_WHOLE and request.method != "HEAD":
        piece = (size, size)
    if piece is None:
        response = HttpResponse(_read(request, path, 0, size), content_type="video/webm")
        response["Content-Length"] = str(size)
    elif piece[0] >= size:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        start, end = piece
        response = HttpResponse(_read(request, path, start, end), content_type="video/webm", status=206)
        response["Content-Length"] = str(end - start)
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    if response.content:
        note_opened(access)
    return response


def _file(access: Access) -> Path:
    """Where the film is. Raises Http404 for a name that leads out of the films' folder."""
    path = (settings.MIOBOE_FILMS_DIR / access.line.product.film_file).resolve()
    if not path.is_relative_to(settings.MIOBOE_FILMS_DIR.resolve()):
        raise Http404
    return path


def _piece(asked: str, size: int) -> tuple[int, int] | None:
    """From where to where (exclusive), at most one piece long; None where no single range is asked for. A begin at or
    past the end means that it cannot be satisfied."""
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", asked.strip())
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
        start = size if int(last) == 0 else start
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
        if last and int(last) < start:
            return None
    return start, min(end, start + PIECE)


def _read(request: HttpRequest, path: Path, start: int, end: int) -> bytes:
    if request.method == "HEAD":
        return b""
    with path.open("rb") as film:
        film.seek(start)
        return film.read(end - start)


@require_POST
@_owners_and_guests
def progress(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """How far it was watched: `position` and `farthest`, in seconds. 403 where the right has been withdrawn."""
    access = _right(request, number, slug)
    seconds = [_seconds(request.POST.get(name, "")) for name in ("position", "farthest")]
    if None in seconds:
        return HttpResponse(status=400)
    position_s, farthest_s = (value or 0 for value in seconds)
    return HttpResponse(status=204 if note_progress(access, position_s, farthest_s) else 403)


def _seconds(text: str) -> int | None:
    match = re.fullmatch(r"([0-9]{1,7})(\.[0-9]{1,20})?", text)
    return int(match.group(1)) if match else None
