"""Saying that something changed, so that it is heard only if it is true."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.crypto import salted_hmac

CHANNEL = "live"
# PostgreSQL's NOTIFY takes fewer than 8,000 bytes (https://www.postgresql.org/docs/18/sql-notify.html).
LARGEST_PAYLOAD = 7_500


def announce(topic: str, **news: object) -> None:
    """Tells everybody who listens to `topic`, once the current transaction commits; not at all if it does not. News are
    ids and states, never names or numbers: pages ask the server for the rest. Raises ValueError where they are larger
    than 7,500 bytes, TypeError where they are no JSON. The same news twice in one transaction are heard once."""
    payload = written({"topic": topic, "news": news})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def announce_session_end(session_key: str) -> None:
    """Closes the live sockets of a session, once the current transaction commits. May be called twice."""
    announce(session_topic(session_key), ended=True)


def session_topic(session_key: str) -> str:
    """The topic on which a session's end is told. The key itself is nobody's to hear or to guess back."""
    return f"session:{salted_hmac('mioboe.live.session', session_key, algorithm='sha256').hexdigest()[:32]}"


def written(message: dict[str, object]) -> str:
    """The message as it travels. Raises ValueError where it is too large, or holds what JSON cannot (NaN)."""
    text = json.dumps(
        message,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        cls=DjangoJSONEncoder,
    )
    size = len(text.encode())
    if size > LARGEST_PAYLOAD:
        raise ValueError(f"news for {message['topic']} are {size} bytes long; {LARGEST_PAYLOAD} is the most")
    return text
