"""The load of bench/one_click: customers who sign in and press, over raw HTTP/1.1 on connections that stay open. A process
of its own: reads one JSON plan from standard input, writes one JSON result.

`{"do": "sign_in", "port", "page", "form", "customers": [{"form": {…}, "address": …}]}` answers each one's cookies.
`{"do": "press", "port", "at_once", "seconds", "cookies", "paths", "thanks"}` is a closed loop: each connection sends the
next press when the last one's answer is there. It answers how many, in which time, each press's time, what went wrong, and
the processor time that the load itself cost."""

import asyncio
import json
import re
import resource
import secrets
import sys
import time
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

# Longer than any press may take; seconds.
LONGEST_ANSWER_S = 30
SIGN_INS_AT_ONCE = 4


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, headers, body. Raises ConnectionError, ValueError, TimeoutError."""
        if self.writer is None or self.writer.is_closing():
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader is not None
        self.writer.write(request)
        async with asyncio.timeout(LONGEST_ANSWER_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            body = await self.reader.readexactly(int(length[1])) if length else b""
        return int(head[9:12]), head, body

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def request(
    method: str, path: str, port: int, cookies: dict[str, str], form: dict[str, str] | None = None, came_from: str = ""
) -> bytes:
    body = urlencode(form).encode() if form is not None else b""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "User-Agent: Mozilla/5.0 (X11; Linux) Firefox/140.0"]
    lines += ["Accept-Language: en", *([f"X-Forwarded-For: {came_from}"] if came_from else [])]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if form is not None:
        lines += [
            f"Origin: http://127.0.0.1:{port}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def kept(cookies: dict[str, str], head: bytes) -> None:
    for line in re.findall(rb"(?i)\r\nset-cookie: *([^\r]+)", head):
        for name, morsel in SimpleCookie(line.decode()).items():
            cookies[name] = morsel.value


async def sign_in(plan: dict[str, Any]) -> dict[str, Any]:
    free = asyncio.Semaphore(SIGN_INS_AT_ONCE)

    async def one(customer: dict[str, Any]) -> dict[str, str]:
        async with free:
            connection, cookies = Connection(plan["port"]), {}
            page, came_from = plan["page"], customer["address"]
            _, head, _ = await connection.ask(request("GET", page, plan["port"], cookies, came_from=came_from))
            kept(cookies, head)
            form = customer["form"] | {"csrfmiddlewaretoken": cookies["csrftoken"]}
            status, head, _ = await connection.ask(
                request("POST", page, plan["port"], cookies, form, came_from=came_from)
            )
            kept(cookies, head)
            connection.close()
            if status != 302 or "sessionid" not in cookies:
                raise SystemExit(f"sign-in was answered with {status}")
            # A page read in between would have taken the greeting away, which Oscar keeps in a cookie.
            cookies.pop("messages", None)
            return cookies

    return {"cookies": await asyncio.gather(*(one(customer) for customer in plan["customers"]))}


async def press(plan: dict[str, Any]) -> dict[str, Any]:
    took: list[float] = []
    wrong: list[str] = []
    began = time.perf_counter()
    until = began + plan["seconds"]

    async def buyer(place: int) -> None:
        connection = Connection(plan["port"])
        # Each connection serves customers of its own, one after the other, and buys one product.
        own = plan["cookies"][place :: plan["at_once"]]
        path = plan["paths"][place % len(plan["paths"])]
        turn = 0
        while time.perf_counter() < until:
            cookies = own[turn % len(own)]
            form = {"csrfmiddlewaretoken": cookies["csrftoken"], "press": secrets.token_urlsafe(16)}
            sent = time.perf_counter()
            try:
                status, head, _ = await connection.ask(request("POST", path, plan["port"], cookies, form))
            except (OSError, ValueError, EOFError, TimeoutError) as error:
                wrong.append(repr(error))
                connection.close()
                continue
            where = re.search(rb"(?i)\r\nlocation: *([^\r]+)", head)
            if status == 302 and where and where[1].decode().startswith(plan["thanks"]):
                took.append(time.perf_counter() - sent)
            else:
                wrong.append(f"{status} {where[1].decode() if where else ''}")
            turn += 1
        connection.close()

    await asyncio.gather(*(buyer(place) for place in range(plan["at_once"])))
    elapsed = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"took": took, "wrong": wrong, "elapsed": elapsed, "load_cpu": used.ru_utime + used.ru_stime}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(asyncio.run({"sign_in": sign_in, "press": press}[asked["do"]](asked)), sys.stdout)
