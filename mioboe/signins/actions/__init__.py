"""Verbs about sign-ins and devices, one module a family."""

from mioboe.signins.actions.attempts import note_attempt
from mioboe.signins.actions.devices import know_device, name_of, revoke_devices
from mioboe.signins.actions.learning import fold, learn
from mioboe.signins.actions.memory import tenths_from
from mioboe.signins.actions.months import keep_months
from mioboe.signins.actions.noting import Noted, current_sign_in, digest, note_sign_in
from mioboe.signins.actions.reporting import Told, note_told, say_it_was_me, say_it_was_not_me
from mioboe.signins.actions.thresholds import last_scores, set_threshold, set_thresholds, share_touched, thresholds
from mioboe.signins.browsers import LONGEST_USER_AGENT

__all__ = [
    "LONGEST_USER_AGENT",
    "Noted",
    "Told",
    "current_sign_in",
    "digest",
    "fold",
    "keep_months",
    "know_device",
    "last_scores",
    "learn",
    "name_of",
    "note_attempt",
    "note_sign_in",
    "note_told",
    "revoke_devices",
    "say_it_was_me",
    "say_it_was_not_me",
    "set_threshold",
    "set_thresholds",
    "share_touched",
    "tenths_from",
    "thresholds",
]
