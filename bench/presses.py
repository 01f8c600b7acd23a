"""The load of bench/one_click: customers who sign in and press, over raw HTTP/1.1 on connections that stay open. A process
of its own: reads one JSON plan from standard input, writes one JSON result.

`{"do": "sign_in", "port", "page", "form", "customers": [{"form": {…}, "address": …}]}` answers each one's cookies.
`{"do": "press", "port", "at_once", "seconds", "cookies", "pressed", "pages", "thanks", "latest", "watch"}` is a closed loop: each
connection sends the next press when the last one's answer is there, at least once. The page with the button is read
before, outside the time. It answers each press's time, what went wrong, the elapsed time and the processor time that the
load itself and the processes named in `watch` cost, seconds, and the latest order of each customer and product."""

import asyncio
import json
import os
import re
import resource
import secrets
import sys
import time
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
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
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "User-Agent: Mozilla/5.0 (X11; Linux) Firefox/140.0",
    ]
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


class Buyer:
    """A customer at the page of one product: what its form carries, and the order of it that the customer knows of."""

    def __init__(self, plan: dict[str, Any], customer: int, product: int) -> None:
        self.cookies = plan["cookies"][customer]
        self.path, self.page = plan["pressed"][product], plan["pages"][product]
        self.mark = f"{self.path} {customer}"
        self.form = {"csrfmiddlewaretoken": self.cookies["csrftoken"]}
        self.latest = plan["latest"]

    async def open_page(self, connection: Connection) -> None:
        """Reads the page with the button, where there is one to read; once, before the clock runs."""
        if self.page:
            status, _, body = await connection.ask(request("GET", self.page, connection.port, self.cookies))
            form = re.search(rf'<form[^>]*action="{re.escape(self.path)}"(.*?)</form>', body.decode(), re.DOTALL)
            if status != 200 or form is None:
                raise SystemExit(f"{self.page} was answered with {status} and has no button")
            for field in re.findall(r"<input[^>]*>", form[1]):
                name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
                if name and name[1] != "csrfmiddlewaretoken":
                    self.form[name[1]] = unescape(value[1]) if value else ""
            # With a mouse, which no pocket does; and whoever buys the same again was asked about it before.
            self.form |= {"sure": "mouse"}

    def press(self, port: int) -> bytes:
        form = self.form | {"press": secrets.token_urlsafe(16), "knows": self.latest.get(self.mark, "")}
        return request("POST", self.path, port, self.cookies, form if self.page else self.form)


async def press(plan: dict[str, Any]) -> dict[str, Any]:
    took: list[float] = []
    wrong: list[str] = []
    at_once = plan["at_once"]
    # Each connection serves customers of its own, one after the other, and buys one product.
    places = [
        [
            Buyer(plan, customer, place % len(plan["pressed"]))
            for customer in range(place, len(plan["cookies"]), at_once)
        ]
        for place in range(at_once)
    ]
    connections = [Connection(plan["port"]) for _ in places]
    for connection, buyers in zip(connections, places, strict=True):
        for buyer in buyers:
            await buyer.open_page(connection)
    watched = {name: processor_s(root) for name, root in plan["watch"].items()}
    used_before = _used_s()
    began = time.perf_counter()

    async def work(connection: Connection, buyers: list[Buyer]) -> None:
        turn = 0
        while turn == 0 or time.perf_counter() < began + plan["seconds"]:
            buyer = buyers[turn % len(buyers)]
            turn += 1
            sent = time.perf_counter()
            try:
                status, head, _ = await connection.ask(buyer.press(plan["port"]))
            except (OSError, ValueError, EOFError, TimeoutError) as error:
                wrong.append(repr(error))
                connection.close()
                continue
            where = re.search(rb"(?i)\r\nlocation: *([^\r]+)", head)
            if status == 302 and where and where[1].decode().startswith(plan["thanks"]):
                took.append(time.perf_counter() - sent)
                plan["latest"][buyer.mark] = where[1].decode().strip("/").rpartition("/")[2]
            else:
                wrong.append(f"{status} {where[1].decode() if where else ''}")

    await asyncio.gather(*(work(*one) for one in zip(connections, places, strict=True)))
    elapsed = time.perf_counter() - began
    for connection in connections:
        connection.close()
    load_s = _used_s() - used_before
    spent = {name: processor_s(plan["watch"][name]) - before for name, before in watched.items()}
    return {"took": took, "wrong": wrong, "elapsed": elapsed, "load_s": load_s, "latest": plan["latest"], **spent}


def _used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def processor_s(root: int) -> float:
    """Processor time of a process and all that it started and that still run or were waited for, seconds. Linux only."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = (folder / "stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue  # it ended just now
        parents[int(folder.name)] = int(facts[1])
        ticks[int(folder.name)] = sum(int(number) for number in facts[11:15])

    def belongs(process: int) -> bool:
        while process not in (root, 0):
            process = parents.get(process, 0)
        return process == root

    return sum(used for process, used in ticks.items() if belongs(process)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(asyncio.run({"sign_in": sign_in, "press": press}[asked["do"]](asked)), sys.stdout)
