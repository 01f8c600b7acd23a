"""Verbs about people, one module a family."""

from mioboe.people.actions.mail_addresses import stop_changes
from mioboe.people.actions.reset_links import send_reset_link
from mioboe.people.actions.sessions import end_all_sessions, live_sessions

__all__ = ["end_all_sessions", "live_sessions", "send_reset_link", "stop_changes"]
