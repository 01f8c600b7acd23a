"""Callbacks, the agents who make them, and what comes of them."""

from mioboe.calls.models.callbacks import LIVE, WITH_AGENT, Callback, CallbackState, Outcome, Reason
from mioboe.calls.models.duty import AwayReason, Duty, DutyState, Shift
from mioboe.calls.models.limits import Asked, CallDay, LimitName, Refused

__all__ = [
    "LIVE",
    "WITH_AGENT",
    "Asked",
    "AwayReason",
    "CallDay",
    "Callback",
    "CallbackState",
    "Duty",
    "DutyState",
    "LimitName",
    "Outcome",
    "Reason",
    "Refused",
    "Shift",
]
