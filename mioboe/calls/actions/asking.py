"""Asking for a call, now or later, and changing one's mind."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.calls.matching import match_caller
from mioboe.calls.models import LIVE, Callback, CallbackState
from mioboe.calls.passphrase import new_passphrase
from mioboe.calls.refusals import AlreadyWaiting, TooLate
from mioboe.cases.models import Case
from mioboe.site.live import announce
from mioboe.trail.actions import record

# How far ahead a call may be asked for.
FARTHEST = timedelta(days=3)
MOST_BROUGHT_IN = 500


def request_callback(
    case: Case,
    number: str,
    language: str,
    *,
    about: str = "",
    due_at: datetime | None = None,
    address: str | None = None,
) -> Callback:
    """The customer waits to be called at `number` (E.164) about the case, from `due_at` on (None: now), by an agent who
    serves the contact topic `about`; where it is due, a free agent is looked for at once. `address` is the visitor's, for
    limits. Asked again while one is live it answers that one; AlreadyWaiting where the number waits for another case,
    ValueError for a time more than three days away."""
    live = Callback.objects.filter(case=case, state__in=LIVE).first()
    if live:
        return live
    when = _when(due_at)
    try:
        with transaction.atomic():
            callback = Callback.objects.create(
                case=case,
                number=number,
                language=language,
                about=about,
                passphrase=new_passphrase(language),
                carrier=settings.MIOBOE_CARRIERS[0],
                **when,
            )
            record("callback.requested", [case.ref], case.customer)
            _expect(callback)
    except IntegrityError as error:
        live = Callback.objects.filter(case=case, state__in=LIVE).first()
        if live is None:
            raise AlreadyWaiting from error
        return live
    match_caller(callback)
    callback.refresh_from_db()
    return callback


def change_callback(callback: Callback, *, number: str | None = None, due_at: datetime | None = None) -> Callback:
    """Another number (E.164) or another time for a call that waits; with another time goes another place in the queue. May
    be called twice. Raises TooLate where somebody is already calling, AlreadyWaiting where the number waits for another
    case, ValueError for a time more than three days away."""
    facts: dict[str, Any] = {}
    if number is not None:
        facts["number"] = number
    if due_at is not None:
        facts |= _when(due_at)
    try:
        with transaction.atomic():
            if not callback.change(CallbackState.WAITING, CallbackState.WAITING, **facts):
                raise TooLate
            callback.refresh_from_db()
            record("callback.changed", [callback.case.ref], callback.case.customer)
            _expect(callback)
    except IntegrityError as error:
        raise AlreadyWaiting from error
    match_caller(callback)
    callback.refresh_from_db()
    return callback


def _when(due_at: datetime | None) -> dict[str, Any]:
    now = timezone.now()
    due = now if due_at is None else max(now, due_at)
    if due > now + FARTHEST:
        raise ValueError("calls are asked for three days ahead at most")
    return {"due_at": due, "place_at": due, "is_queued": due <= now}


def _expect(callback: Callback) -> None:
    if not callback.is_queued:
        later = app.configure_task("calls.becomes_due", schedule_at=callback.due_at)
        later.defer(callback_id=callback.pk)
    announce("desk")
    announce(callback.topic, state=CallbackState.WAITING)
    announce(callback.case.ref)


def becomes_due(callback: Callback) -> bool:
    """What was asked for later, or is tried again, comes into the queue. False where it is not due, or there already; may be
    called twice."""
    not_yet = Callback.objects.filter(pk=callback.pk, state=CallbackState.WAITING, is_queued=False)
    with transaction.atomic():
        came = not_yet.filter(due_at__lte=timezone.now()).update(is_queued=True)
        if came:
            announce("desk")
            announce(callback.topic, state=CallbackState.WAITING)
    if came:
        match_caller(callback)
    return bool(came)


def bring_in_due() -> int:
    """The same for all whose job was lost; answers how many."""
    late = Callback.objects.filter(state=CallbackState.WAITING, is_queued=False, due_at__lte=timezone.now())
    return sum(becomes_due(callback) for callback in late.order_by("due_at")[:MOST_BROUGHT_IN])
