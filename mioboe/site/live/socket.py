"""One browser's socket: `/live?token=…`.

To the page: `{"live": "on", "topics": […]}` once it hears, `{"topic": …, "news": {…}}` from the server, `{"topic": …,
"said": {…}}` from another page, `{"live": "lost"}` and `{"live": "again"}` when PostgreSQL went away and came back (news may
have been missed), `{"live": "unsaid"}` where something could not be passed on, `{"pong": n}`.
From the page: `{"to": topic, "say": {…}}` and `{"ping": n}`.
"""

import asyncio
import contextlib
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qs

import psycopg
import structlog
from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseError

from mioboe.site.live.announce import session_topic, written
from mioboe.site.live.hub import Ear, Heard, hub
from mioboe.site.live.tokens import Rights, read_token

log = structlog.get_logger(__name__)
# Close codes; 1013 is "try again later" of RFC 6455's registry, the others are ours.
TRY_AGAIN, BAD_MESSAGE, BAD_TOKEN, SIGNED_OUT, TOO_SLOW, TOO_MUCH = (
    1013,
    4400,
    4401,
    4403,
    4408,
    4429,
)
LISTEN_LIMIT_S = 10.0
# Pages ping every 25 seconds, sleeping tabs once a minute; who is silent for longer is gone.
SILENCE_LIMIT_S = 150.0
LARGEST_MESSAGE = 7_000
# A call's signalling comes in bursts of some dozens.
SAID_AT_ONCE, SAID_A_SECOND = 60, 20
CLOSE_LIMIT_S = 1.0


class Live(AsyncWebsocketConsumer):
    ear: Ear | None = None
    telling: asyncio.Task[None] | None = None
    rights: Rights
    me: str

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.timers: dict[str, asyncio.TimerHandle] = {}
        self.ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.may_say, self.counted_at = float(SAID_AT_ONCE), time.monotonic()

        async def receive_or_end() -> dict[str, Any]:
            message = await self._unless_ending(receive)
            if message is None:
                code = self.ending.result()
                # A peer that does not read is not waited for: the connection goes when this call returns.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(send({"type": "websocket.close", "code": code}), CLOSE_LIMIT_S)
                return {"type": "websocket.disconnect", "code": code}
            return message

        try:
            await super().__call__(scope, receive_or_end, send)
        finally:
            await self._let_go()

    async def _unless_ending(self, receive: Any) -> dict[str, Any] | None:
        """What the page sends next, or None where the socket is to be ended. granian sends no close frame while somebody
        waits to receive or to send: both are called off first."""
        receiving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({receiving, self.ending}, return_when=asyncio.FIRST_COMPLETED)
            if not self.ending.done():
                message: dict[str, Any] = receiving.result()
                return message
        finally:
            receiving.cancel()
        await asyncio.wait({receiving})
        await self._let_go()
        return None

    async def _let_go(self) -> None:
        if self.ear is not None:
            hub.leave(self.ear)
        for timer in self.timers.values():
            timer.cancel()
        if self.telling is not None:
            self.telling.cancel()
            await asyncio.wait({self.telling}, timeout=CLOSE_LIMIT_S)

    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        rights = read_token(query.get("token", [""])[0])
        await self.accept()
        if rights is None:
            await self.close(BAD_TOKEN)
            return
        self.rights, self.me = rights, secrets.token_hex(8)
        self.ear = Ear(rights.hear | ({rights.session} - {""}), lambda: self._end(TOO_SLOW))
        # First listen, then look whether the session lasts: its end cannot fall between the two.
        hub.join(self.ear)
        try:
            await asyncio.wait_for(hub.ready.wait(), LISTEN_LIMIT_S)
            lasts = not rights.session or await self._session_lasts()
        except (TimeoutError, DatabaseError):
            await self.close(TRY_AGAIN)
            return
        if not lasts:
            await self.close(SIGNED_OUT)
            return
        self._after("expired", rights.expires_at - time.time(), BAD_TOKEN)
        self._after("silent", SILENCE_LIMIT_S, TRY_AGAIN)
        self._tell(json.dumps({"live": "on", "topics": sorted(rights.hear)}))
        self.telling = asyncio.create_task(self._tell_all(self.ear))
        self.telling.add_done_callback(self._told)

    async def _session_lasts(self) -> bool:
        """Whether the browser still has the session that the token is bound to."""
        session = self.scope.get("session")
        if session is None or not session.session_key or session_topic(session.session_key) != self.rights.session:
            return False
        person = await get_user(self.scope)
        return bool(person.is_authenticated)

    async def _tell_all(self, ear: Ear) -> None:
        while True:
            heard = await ear.waiting.get()
            if heard.topic and heard.topic == self.rights.session:
                self._end(SIGNED_OUT)
            elif heard.sender != self.me:
                await self.send(heard.text)

    def _told(self, telling: "asyncio.Task[None]") -> None:
        if not telling.cancelled() and telling.exception() is not None:
            self._end(TRY_AGAIN)  # the page has gone while it was told something

    def _tell(self, text: str) -> None:
        """Everything goes through the one bounded queue, so that no answer is waited for."""
        if self.ear is not None:
            self.ear.put(Heard("", "", text))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.ear is None or self.ending.done():
            return
        message = self._understood(text_data)
        if message is None:
            self._end(BAD_MESSAGE)
        elif not self._may_go_on():
            self._end(TOO_MUCH)
        else:
            self._after("silent", SILENCE_LIMIT_S, TRY_AGAIN)
            await self._take(message)

    @staticmethod
    def _understood(text: str | None) -> dict[str, Any] | None:
        try:
            if not text or len(text.encode()) > LARGEST_MESSAGE:
                return None
            message = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return message if isinstance(message, dict) else None

    def _may_go_on(self) -> bool:
        now = time.monotonic()
        self.may_say = min(SAID_AT_ONCE, self.may_say + (now - self.counted_at) * SAID_A_SECOND) - 1
        self.counted_at = now
        return self.may_say >= 0

    async def _take(self, message: dict[str, Any]) -> None:
        if isinstance(message.get("ping"), int):
            self._tell(json.dumps({"pong": message["ping"]}))
            return
        to, say = message.get("to"), message.get("say")
        if not isinstance(to, str) or to not in self.rights.speak or not isinstance(say, dict):
            log.warning("live_said_without_right")
            self._end(BAD_MESSAGE)
            return
        try:
            payload = written({"topic": to, "said": say, "from": self.me})
        except (ValueError, RecursionError):
            self._end(BAD_MESSAGE)
            return
        try:
            await hub.say(payload)
        except (psycopg.Error, OSError, TimeoutError):
            self._tell('{"live":"unsaid"}')

    def _after(self, name: str, delay_s: float, code: int) -> None:
        if name in self.timers:
            self.timers[name].cancel()
        self.timers[name] = asyncio.get_running_loop().call_later(delay_s, self._end, code)

    def _end(self, code: int) -> None:
        """Ends the socket for good. May be called twice; the first reason counts."""
        if not self.ending.done():
            self.ending.set_result(code)
