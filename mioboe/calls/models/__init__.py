"""Callbacks, the agents who make them, and what comes of them."""

from mioboe.calls.models.callbacks import LIVE, WITH_AGENT, Callback, CallbackState, Outcome, Reason
from mioboe.calls.models.duty import AwayReason, Duty, DutyState, Shift

__all__ = [
    "LIVE",
    "WITH_AGENT",
    "AwayReason",
    "Callback",
    "CallbackState",
    "Duty",
    "DutyState",
    "Outcome",
    "Reason",
    "Shift",
]
