"""The live layer over real sockets: `python -m mioboe live` beside a real PostgreSQL."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.db import connection, transaction
from django.template import Context, Template
from django.test import RequestFactory

from mioboe.people.models import Person
from mioboe.site.live import announce, announce_session_end, read_token, token
from mioboe.site.live.announce import CHANNEL, LARGEST_PAYLOAD
from mioboe.site.live.socket import BAD_MESSAGE, BAD_TOKEN, SAID_AT_ONCE, SIGNED_OUT, TOO_MUCH
from tests.site.page_socket import BINARY, PageSocket, Refused

pytestmark = pytest.mark.django_db(transaction=True)
START_LIMIT_S = 30.0
PASSWORD = "a-night-in-the-bath"


def _test_database_url() -> str:
    facts = connection.settings_dict
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    user = f"{quote(facts['USER'])}:{quote(facts['PASSWORD'], safe='')}"
    return f"postgres://{user}@{quote(facts['HOST'], safe='')}{port}/{facts['NAME']}"


@contextmanager
def _live_process() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": _test_database_url(),
        "MIOBOE_SECRET_KEY": settings.SECRET_KEY,
        "MIOBOE_LIVE_PORT": str(port),
        "MIOBOE_BASE_URL": settings.MIOBOE_BASE_URL,
    }
    process = subprocess.Popen([sys.executable, "-m", "mioboe", "live"], env=environment)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, "mioboe live did not start"
                time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def live(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    with django_db_blocker.unblock(), _live_process() as port:
        yield port


def a_page(port: int, rights: str, **more: Any) -> PageSocket:
    return PageSocket(port, rights, **{"origin": settings.MIOBOE_BASE_URL, **more})


async def _on(page: PageSocket) -> None:
    assert (await page.heard())["live"] == "on"


def run(story: Callable[[], Awaitable[None]]) -> None:
    async_to_sync(story)()


tell = sync_to_async(announce)


def test_news_reach_the_pages_that_may_hear_them(live: int) -> None:
    async def story() -> None:
        async with a_page(live, token(["case:A"])) as mine, a_page(live, token(["case:B"])) as other:
            await _on(mine)
            await _on(other)
            await tell("case:A", state="解決")
            await tell("case:B", number=2)
            assert await mine.heard() == {"topic": "case:A", "news": {"state": "解決"}}
            assert await other.heard() == {"topic": "case:B", "news": {"number": 2}}

    run(story)


def test_news_are_heard_only_if_the_transaction_commits(live: int) -> None:
    def undone() -> None:
        with transaction.atomic():
            announce("case:A", step="never")
            transaction.set_rollback(True)

    async def story() -> None:
        async with a_page(live, token(["case:A"])) as page:
            await _on(page)
            await sync_to_async(undone)()
            await tell("case:A", step="true")
            assert (await page.heard())["news"] == {"step": "true"}

    run(story)


def test_news_that_postgresql_would_refuse_are_refused_clearly() -> None:
    with pytest.raises(ValueError, match=f"case:A are .* {LARGEST_PAYLOAD} is the most"):
        announce("case:A", words="あ" * 3000)
    with pytest.raises(TypeError):
        announce("case:A", words=object())
    with pytest.raises(ValueError):
        announce("case:A", amount=float("nan"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: "",
        lambda: "nonsense",
        lambda: token(["case:A"])[:-1] + "x",
        lambda: "e30" + token(["case:A"]),
        lambda: token(["case:A"], max_age_s=0),
        lambda: signing.dumps({"hear": ["case:A"], "speak": [], "session": "", "until": 9e9}, salt="another"),
    ],
    ids=["none", "nonsense", "signature changed", "content changed", "expired", "signed for something else"],
)
def test_a_spoilt_token_opens_nothing(live: int, spoil: Callable[[], str]) -> None:
    assert read_token(spoil()) is None

    async def story() -> None:
        async with a_page(live, spoil()) as page:
            assert await page.closed() == BAD_TOKEN

    run(story)


def test_a_socket_ends_when_its_token_expires(live: int) -> None:
    async def story() -> None:
        async with a_page(live, token(["case:A"], max_age_s=0.5)) as page:
            await _on(page)
            assert await page.closed() == BAD_TOKEN

    run(story)


def test_pages_of_other_sites_are_refused(live: int) -> None:
    async def story() -> None:
        for origin in ("https://evil.example", "null"):
            with pytest.raises(Refused):
                async with a_page(live, token(["case:A"]), origin=origin):
                    pass

    run(story)


def test_a_page_speaks_to_the_others_and_does_not_hear_itself(live: int) -> None:
    rights = token([], speak=["call:1"])

    async def story() -> None:
        async with a_page(live, rights) as agent, a_page(live, rights) as customer:
            await _on(agent)
            await _on(customer)
            await agent.say({"to": "call:1", "say": {"sdp": "offer"}, "news": {"state": "forged"}, "from": "x"})
            # What a page says never looks like news of the server.
            assert await customer.heard() == {"topic": "call:1", "said": {"sdp": "offer"}}
            await customer.say({"to": "call:1", "say": {"sdp": "answer"}})
            assert await agent.heard() == {"topic": "call:1", "said": {"sdp": "answer"}}

    run(story)


def test_what_a_page_may_hear_it_may_not_say(live: int) -> None:
    async def story() -> None:
        async with (
            a_page(live, token(["call:1"], speak=["call:2"])) as intruder,
            a_page(live, token(["call:1"])) as ear,
        ):
            await _on(intruder)
            await _on(ear)
            await intruder.say({"to": "call:1", "say": {"state": "ended"}})
            assert await intruder.closed() == BAD_MESSAGE
            await tell("call:1", state="ringing")
            assert (await ear.heard())["news"] == {"state": "ringing"}

    run(story)


@pytest.mark.parametrize(
    "message",
    [
        "{",
        "[]",
        "7",
        "[" * 6000,
        '{"to": "call:1"}',
        '{"to": ["call:1"], "say": {}}',
        '{"to": "call:1", "say": "words"}',
        '{"to": "call:1", "say": {"n": NaN}}',
        '{"to": "call:1", "say": {"n": 1e999}}',
        '{"to": "call:1", "say": {"s": "\\ud800"}}',
        '{"to": "call:1", "say": {"s": "' + "x" * 7000 + '"}}',
        b"\x00\xff",
    ],
    ids=lambda message: str(message)[:32],
)
def test_what_is_no_message_closes_the_socket_and_nothing_else(live: int, message: str | bytes) -> None:
    async def story() -> None:
        rights = token([], speak=["call:1"])
        async with a_page(live, rights) as hostile, a_page(live, rights) as other:
            await _on(hostile)
            await _on(other)
            if isinstance(message, bytes):
                await hostile.send(BINARY, message)
            else:
                await hostile.say(message)
            assert await hostile.closed() == BAD_MESSAGE
            await tell("call:1", state="ringing")
            assert (await other.heard())["news"] == {"state": "ringing"}

    run(story)


def test_a_page_that_says_too_much_is_closed(live: int) -> None:
    async def story() -> None:
        async with a_page(live, token([], speak=["call:1"])) as page:
            await _on(page)
            await page.say_at_once([{"ping": number} for number in range(SAID_AT_ONCE * 3)])
            assert await page.closed() == TOO_MUCH

    run(story)


def test_a_ping_is_answered(live: int) -> None:
    async def story() -> None:
        async with a_page(live, token(["case:A"])) as page:
            await _on(page)
            await page.say({"ping": 7})
            assert await page.heard() == {"pong": 7}

    run(story)


def test_a_page_that_does_not_read_is_closed_and_nobody_waits_for_it(live: int) -> None:
    news, rounds = "x" * 7000, 2000

    async def story() -> None:
        async with (
            a_page(live, token(["case:A"]), small_buffer=True) as slow,
            a_page(live, token(["case:A", "case:B"])) as quick,
        ):
            await _on(quick)
            slowest_s = 0.0
            for number in range(rounds):
                await tell("case:A", number=number, words=news)
                started = time.monotonic()
                assert (await quick.heard())["news"]["number"] == number
                slowest_s = max(slowest_s, time.monotonic() - started)
            assert slowest_s < 2
            read = 0
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                while True:
                    await slow.heard()
                    read += 1
            assert read < rounds

    run(story)


def test_sockets_outlive_postgresql_and_hear_again(live: int) -> None:
    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    async def story() -> None:
        rights = token(["case:A"], speak=["call:1"])
        async with a_page(live, rights) as page, a_page(live, rights) as other:
            await _on(page)
            await _on(other)
            # The connection for what pages say is there, too.
            await other.say({"to": "call:1", "say": {"before": True}})
            assert (await page.heard())["said"] == {"before": True}
            await sync_to_async(cut)()
            assert await page.heard() == {"live": "lost"}
            assert await page.heard() == {"live": "again"}
            await tell("case:A", state="resolved")
            assert (await page.heard())["news"] == {"state": "resolved"}
            await other.say({"to": "call:1", "say": {"after": True}})
            assert (await page.heard())["said"] == {"after": True}

    run(story)


def test_strange_words_on_the_channel_stop_nothing(live: int) -> None:
    def murmur() -> None:
        with connection.cursor() as cursor:
            for words in ("", "not json", "[]", "7", '{"news": {}}', '{"topic": {}}', '{"topic": ["case:A"]}'):
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, words])

    async def story() -> None:
        async with a_page(live, token(["case:A"])) as page:
            await _on(page)
            await sync_to_async(murmur)()
            await tell("case:A", state="fine")
            assert (await page.heard())["news"] == {"state": "fine"}

    run(story)


def test_pages_at_different_processes_hear_each_other(live: int) -> None:
    rights = token([], speak=["call:1"])
    with _live_process() as second:

        async def story() -> None:
            async with a_page(live, rights) as here, a_page(second, rights) as there:
                await _on(here)
                await _on(there)
                await here.say({"to": "call:1", "say": {"hello": 1}})
                assert (await there.heard())["said"] == {"hello": 1}
                await tell("call:1", state="talking")
                assert (await here.heard())["news"] == (await there.heard())["news"] == {"state": "talking"}

        run(story)


def _session(person: Person) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return session


@pytest.fixture
def hana() -> Person:
    return Person.objects.create_user(email="hana@customer.example", password=PASSWORD)


@pytest.fixture
def signed_in(hana: Person) -> SessionStore:
    return _session(hana)


def _cookie(session: SessionStore) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def test_the_end_of_a_session_closes_its_sockets_and_opens_no_new_one(live: int, signed_in: SessionStore) -> None:
    key = signed_in.session_key
    assert key
    rights = token(["case:A"], session_key=key)

    def end() -> None:
        with transaction.atomic():
            announce_session_end(key)
            signed_in.delete(key)

    async def story() -> None:
        async with (
            a_page(live, rights, cookie=_cookie(signed_in)) as his,
            a_page(live, token(["case:A"])) as another,
        ):
            await _on(his)
            await _on(another)
            await sync_to_async(end)()
            assert await his.closed() == SIGNED_OUT
            await tell("case:A", state="secured")
            assert (await another.heard())["news"] == {"state": "secured"}
        async with a_page(live, rights, cookie=_cookie(signed_in)) as back:
            assert await back.closed() == SIGNED_OUT

    run(story)


def test_a_token_of_a_session_is_worth_nothing_elsewhere(live: int, signed_in: SessionStore) -> None:
    rights = token(["case:A"], session_key=signed_in.session_key)
    stranger = _session(Person.objects.create_user(email="other@customer.example", password=PASSWORD))

    async def story() -> None:
        for cookie in ("", _cookie(stranger)):
            async with a_page(live, rights, cookie=cookie) as page:
                assert await page.closed() == SIGNED_OUT

    run(story)


def test_a_changed_password_ends_the_right_to_hear(live: int, signed_in: SessionStore, hana: Person) -> None:
    rights = token(["case:A"], session_key=signed_in.session_key)
    hana.set_password("another-one-entirely")
    hana.save()

    async def story() -> None:
        async with a_page(live, rights, cookie=_cookie(signed_in)) as page:
            assert await page.closed() == SIGNED_OUT

    run(story)


def test_the_template_tag_gives_rights_that_end_with_the_viewers_session(signed_in: SessionStore, hana: Person) -> None:
    request = RequestFactory().get("/")
    request.session, request.user = signed_in, hana
    template = Template('{% load live_tags %}{% live_token "case:A" "person:1" speak="call:1" %}')
    rights = read_token(template.render(Context({"request": request})))
    assert rights is not None
    assert rights.hear == {"case:A", "person:1", "call:1"}
    assert rights.speak == {"call:1"}
    assert rights.session.startswith("session:")
    assert (signed_in.session_key or "?") not in rights.session


def test_a_token_takes_lists_of_topics() -> None:
    with pytest.raises(ValueError):
        token("case:A")
    with pytest.raises(ValueError):
        token([f"case:{number}" for number in range(21)])


def test_live_needs_no_more_than_two_connections_to_postgresql(live: int) -> None:
    async def story() -> None:
        rights = token([], speak=["call:1"])
        pages = [a_page(live, rights) for _ in range(50)]
        for page in pages:
            await page.__aenter__()
            await _on(page)
        await pages[0].say({"to": "call:1", "say": {"n": 1}})
        await asyncio.gather(*(page.heard() for page in pages[1:]))
        for page in pages:
            await page.__aexit__(None, None, None)

    run(story)
    with psycopg.connect(_test_database_url()) as own:
        row = own.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    # The two, this test's own, and the one Django keeps for looking up sessions.
    assert row and row[0] <= 4
