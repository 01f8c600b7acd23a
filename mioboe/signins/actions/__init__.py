"""Verbs about sign-ins and devices, one module a family."""

from mioboe.signins.actions.answers import answer_mine, answer_not_mine, notice_of
from mioboe.signins.actions.attempts import note_attempt
from mioboe.signins.actions.device_secrets import digest
from mioboe.signins.actions.devices import (
    is_known,
    is_on_known_device,
    know_device,
    name_device,
    name_of,
    note_copy,
    revoke_device,
    revoke_devices,
)
from mioboe.signins.actions.learning import fold, learn
from mioboe.signins.actions.memory import tenths_from
from mioboe.signins.actions.months import keep_months
from mioboe.signins.actions.notices import LINK_PURPOSE, tell_of_copy, tell_of_sign_in, tell_of_tries, write_notice_mail
from mioboe.signins.actions.noting import Noted, note_sign_in
from mioboe.signins.actions.reporting import Told, note_told
from mioboe.signins.actions.seeing import Seen, see_device
from mioboe.signins.actions.sessions import current_sign_in, devices_signed_in, end_sessions_of, note_in_session
from mioboe.signins.actions.thresholds import last_scores, set_threshold, set_thresholds, share_touched, thresholds
from mioboe.signins.browsers import LONGEST_USER_AGENT

__all__ = [
    "LINK_PURPOSE",
    "LONGEST_USER_AGENT",
    "Noted",
    "Seen",
    "Told",
    "answer_mine",
    "answer_not_mine",
    "current_sign_in",
    "devices_signed_in",
    "digest",
    "end_sessions_of",
    "fold",
    "is_known",
    "is_on_known_device",
    "keep_months",
    "know_device",
    "last_scores",
    "learn",
    "name_device",
    "name_of",
    "note_attempt",
    "note_copy",
    "note_in_session",
    "note_sign_in",
    "note_told",
    "notice_of",
    "revoke_device",
    "revoke_devices",
    "see_device",
    "set_threshold",
    "set_thresholds",
    "share_touched",
    "tell_of_copy",
    "tell_of_sign_in",
    "tell_of_tries",
    "tenths_from",
    "thresholds",
    "write_notice_mail",
]
