"""Verbs about calls. Each state changes by compare-and-set; who comes second is told by `TooLate`."""

from mioboe.calls.actions.asking import becomes_due, bring_in_due, change_callback, request_callback
from mioboe.calls.actions.calling import (
    RETRY_AFTER_S,
    RING_LIMIT_S,
    answer_call,
    end_call,
    hold_call,
    not_reached,
    note_audio,
    note_audio_told,
    take_call,
)
from mioboe.calls.actions.duty import go_away, go_on_duty, pass_on, wrap_up, wrap_up_lapses
from mioboe.calls.actions.unreached_mail import AGAIN_PURPOSE, UNREACHED_MAIL
from mioboe.calls.limits import OverLimit
from mioboe.calls.matching import OFFER_LIMIT_S
from mioboe.calls.refusals import AlreadyWaiting, TooLate

__all__ = [
    "AGAIN_PURPOSE",
    "OFFER_LIMIT_S",
    "RETRY_AFTER_S",
    "RING_LIMIT_S",
    "UNREACHED_MAIL",
    "AlreadyWaiting",
    "OverLimit",
    "TooLate",
    "answer_call",
    "becomes_due",
    "bring_in_due",
    "change_callback",
    "end_call",
    "go_away",
    "go_on_duty",
    "hold_call",
    "not_reached",
    "note_audio",
    "note_audio_told",
    "pass_on",
    "request_callback",
    "take_call",
    "wrap_up",
    "wrap_up_lapses",
]
