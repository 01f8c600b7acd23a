"""What a page may hear and say, signed by the server that showed the page."""

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from mioboe.site.live.announce import session_topic

SALT = "mioboe.live"
# A shift at the desk, or a night.
LIFE_S = 12 * 3600
MOST_TOPICS = 20


@dataclass(frozen=True)
class Rights:
    hear: frozenset[str]
    speak: frozenset[str]
    session: str  # the topic that tells of the session's end; "" for pages without one
    expires_at: float  # seconds since 1970


def token(
    topics: Iterable[str],
    speak: Iterable[str] = (),
    session_key: str | None = "",
    max_age_s: float = LIFE_S,
) -> str:
    """The right to hear `topics` and `speak` and to say something on `speak`, until `max_age_s` have passed or the
    session `session_key` (where one is given) has ended. Raises ValueError for more than 20 topics."""
    speaking = sorted(set(speak))
    hearing = sorted({*topics, *speaking})
    if isinstance(topics, str) or isinstance(speak, str) or len(hearing) > MOST_TOPICS:
        raise ValueError(f"a live token takes lists of at most {MOST_TOPICS} topics")
    session = session_topic(session_key) if session_key else ""
    rights = {
        "hear": hearing,
        "speak": speaking,
        "session": session,
        "until": math.floor((time.time() + max_age_s) * 1000) / 1000,
    }
    return signing.dumps(rights, salt=SALT, compress=True)


def read_token(text: str) -> Rights | None:
    """The rights, or None where the token has expired or is not ours."""
    try:
        said = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    if said["until"] <= time.time():
        return None
    return Rights(
        frozenset(said["hear"]),
        frozenset(said["speak"]),
        said["session"],
        said["until"],
    )
