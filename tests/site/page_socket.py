"""A page's websocket, small enough to be read: RFC 6455 over a real socket, so that tests see what a browser sees."""

import asyncio
import base64
import json
import os
import socket
import struct
from types import TracebackType
from typing import Any, Self

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
LIMIT_S = 10.0


class Refused(Exception):
    """The handshake was answered with another status than 101."""


class PageSocket:
    """`async with PageSocket(port, token) as page: await page.heard()`."""

    def __init__(self, port: int, token: str, origin: str = "", cookie: str = "", small_buffer: bool = False) -> None:
        self.port, self.token, self.origin, self.cookie = port, token, origin, cookie
        self.small_buffer = small_buffer
        self.close_code: int | None = None

    async def __aenter__(self) -> Self:
        raw = socket.socket()
        if self.small_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", self.port))
        self.reader, self.writer = await asyncio.open_connection(sock=raw, limit=4096 if self.small_buffer else 2**16)
        key = base64.b64encode(os.urandom(16)).decode()
        headers = {
            "Host": f"127.0.0.1:{self.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
            "Origin": self.origin,
            "Cookie": self.cookie,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        self.writer.write(f"GET /live?token={self.token} HTTP/1.1\r\n{lines}\r\n".encode())
        answer = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), LIMIT_S)
        if b" 101 " not in answer.split(b"\r\n")[0]:
            self.writer.close()
            raise Refused(answer.split(b"\r\n")[0].decode())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None):
        self.writer.close()

    async def heard(self, limit_s: float = LIMIT_S) -> dict[str, Any]:
        """The next message. Raises ConnectionError where the server closed (then `close_code` is known)."""
        while True:
            kind, data = await asyncio.wait_for(self._frame(), limit_s)
            if kind == TEXT:
                return json.loads(data)
            if kind == CLOSE:
                self.close_code = struct.unpack("!H", data[:2])[0] if len(data) >= 2 else 1005
                raise ConnectionError(f"closed with {self.close_code}")

    async def closed(self) -> int | None:
        """Reads on until the server closes; answers the close code."""
        try:
            while True:
                await self.heard()
        except (ConnectionError, asyncio.IncompleteReadError):
            return self.close_code

    async def say(self, message: object) -> None:
        await self.send(TEXT, message.encode() if isinstance(message, str) else json.dumps(message).encode())

    async def say_at_once(self, messages: list[object]) -> None:
        """Everything in one piece: what the server closes on lies read already, so that its close code is not lost."""
        self.writer.write(b"".join(_masked(TEXT, json.dumps(message).encode()) for message in messages))
        await self.writer.drain()

    async def send(self, kind: int, data: bytes) -> None:
        self.writer.write(_masked(kind, data))
        await self.writer.drain()

    async def _frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 0x0F, await self.reader.readexactly(length)


def _masked(kind: int, data: bytes) -> bytes:
    mask = os.urandom(4)
    size = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0x80 | 126, len(data))
    return bytes([0x80 | kind]) + size + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
