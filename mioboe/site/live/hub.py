"""One LISTENing connection a process, and the sockets that hear from it. Nothing is kept here but the sockets themselves,
so any number of processes may run. LISTEN needs PostgreSQL itself (or a pooler in session mode) behind DATABASE_URL."""

import asyncio
import contextlib
import json
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import psycopg
import structlog
from django.db import connection
from psycopg import sql

from mioboe.site.live.announce import CHANNEL

log = structlog.get_logger(__name__)
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
# How long one question to PostgreSQL may take before its connection counts as lost.
QUESTION_LIMIT_S = 5.0
# How often a silent connection is asked whether it is still there.
CHECK_EVERY_S = 30.0
# News that may wait for one socket (750 kB at most); a slower one is closed, and its page comes back and asks anew.
LONGEST_QUEUE = 100

# PostgreSQL went away; PostgreSQL is back, and what was said meanwhile was not heard.
LOST = '{"live":"lost"}'
AGAIN = '{"live":"again"}'


class Heard(NamedTuple):
    topic: str  # "" for what concerns every socket
    sender: str  # the socket that said it; "" for the server's news
    text: str  # as it goes to the page


class Ear:
    """What one socket still has to be told."""

    def __init__(self, topics: frozenset[str], too_slow: Callable[[], None]) -> None:
        self.topics = topics
        self.too_slow = too_slow
        self.waiting: asyncio.Queue[Heard] = asyncio.Queue(LONGEST_QUEUE)

    def put(self, heard: Heard) -> None:
        try:
            self.waiting.put_nowait(heard)
        except asyncio.QueueFull:
            self.too_slow()


class Hub:
    def __init__(self) -> None:
        self.ears: dict[str, set[Ear]] = defaultdict(set)
        self.listening: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self.mouth: psycopg.AsyncConnection[Any] | None = None
        self.mouth_lock = asyncio.Lock()

    def join(self, ear: Ear) -> None:
        """From now on the ear hears its topics, until `leave`. The first one starts listening."""
        for topic in ear.topics:
            self.ears[topic].add(ear)
        if self.listening is None or self.listening.done():
            self.listening = asyncio.create_task(self._listen())

    def leave(self, ear: Ear) -> None:
        """May be called twice."""
        for topic in ear.topics:
            self.ears[topic].discard(ear)
            if not self.ears[topic]:
                del self.ears[topic]

    async def say(self, payload: str) -> None:
        """Publishes to every process's sockets, by way of PostgreSQL. Raises psycopg.Error, OSError or TimeoutError where
        PostgreSQL is not there. An answer that got lost is asked again: it may be heard twice."""
        async with self.mouth_lock:
            try:
                await self._say_once(payload)
            except (psycopg.OperationalError, TimeoutError):
                await self._close_mouth()
                await self._say_once(payload)

    async def _say_once(self, payload: str) -> None:
        async with asyncio.timeout(QUESTION_LIMIT_S):
            if self.mouth is None or self.mouth.closed:
                self.mouth = await connect()
            await self.mouth.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])

    async def _close_mouth(self) -> None:
        if self.mouth is not None:
            await self.mouth.close()
            self.mouth = None

    async def close(self) -> None:
        """Lets go of PostgreSQL; the next `join` starts again."""
        if self.listening is not None:
            self.listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.listening
            self.listening = None
        self.ready.clear()
        await self._close_mouth()

    async def _listen(self) -> None:
        pause_s, is_first = FIRST_PAUSE_S, True
        while True:
            try:
                async with asyncio.timeout(QUESTION_LIMIT_S):
                    listener = await connect()
                async with listener:
                    await listener.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    self.ready.set()
                    if not is_first:
                        self._tell_all(AGAIN)
                    pause_s, is_first = FIRST_PAUSE_S, False
                    await self._follow(listener)
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("live_listener_lost", problem=str(error), again_in_s=pause_s)
            if self.ready.is_set():
                self.ready.clear()
                self._tell_all(LOST)
            # Scattered, so that many processes do not come back in one moment.
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _follow(self, listener: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for notice in listener.notifies(timeout=CHECK_EVERY_S):
                self._pass_on(notice.payload)
            async with asyncio.timeout(QUESTION_LIMIT_S):
                await listener.execute("SELECT 1")

    def _pass_on(self, payload: str) -> None:
        try:
            message = json.loads(payload)
            topic, sender = message["topic"], message.pop("from", "")
            ears = self.ears.get(topic)
        except (ValueError, TypeError, KeyError, AttributeError):
            # Somebody else uses the channel's name; that must not stop ours.
            log.warning("live_payload_not_ours", size=len(payload))
            return
        if ears:
            heard = Heard(
                topic,
                sender,
                json.dumps(message, ensure_ascii=False, separators=(",", ":")),
            )
            for ear in list(ears):
                ear.put(heard)

    def _tell_all(self, text: str) -> None:
        for ear in {ear for ears in self.ears.values() for ear in ears}:
            ear.put(Heard("", "", text))


async def connect() -> psycopg.AsyncConnection[Any]:
    """A connection of our own to Django's database, with the operator's options (TLS and so on)."""
    facts = connection.get_connection_params()
    for django_own in ("cursor_factory", "context", "prepare_threshold"):
        facts.pop(django_own, None)
    # A cable pulled is noticed within half a minute.
    lively = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
    return await psycopg.AsyncConnection.connect(**{**lively, **facts}, autocommit=True)


hub = Hub()
