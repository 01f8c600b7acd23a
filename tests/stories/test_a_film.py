"""A film in a real browser, from a stack of its own: it plays, is remembered, and stops when the right is withdrawn."""

import os
import shutil
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from mioboe.demo.catalogue import load_goods
from mioboe.orders.actions import revoke_access
from mioboe.orders.models import Access, Product
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
START_LIMIT_S = 60.0
STEP_LIMIT_MS = 30_000
FLAGS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url() -> str:
    facts = connection.settings_dict
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    user = f"{quote(facts['USER'])}:{quote(facts['PASSWORD'], safe='')}"
    return f"postgres://{user}@{quote(facts['HOST'], safe='')}{port}/{facts['NAME']}"


@pytest.fixture
def shop(transactional_db, settings, tmp_path, monkeypatch):
    """The address of pages and sockets that run beside the test, on its database; the film is made."""
    # Playwright's loop runs in this thread; what Django does here is done in order all the same.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.MIOBOE_FILMS_DIR, settings.STATIC_ROOT = tmp_path / "films", tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("make_clips", "lighthouse", verbosity=0)
    load_goods()
    ports = {"web": free_port(), "live": free_port()}
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "MIOBOE_DATA_DIR": str(tmp_path),
        "MIOBOE_SECRET_KEY": django_settings.SECRET_KEY,
        "MIOBOE_WEB_PORT": str(ports["web"]),
        "MIOBOE_LIVE_PORT": str(ports["live"]),
    }
    started = [subprocess.Popen([sys.executable, "-m", "mioboe", name], env=environment) for name in ports]
    try:
        deadline = time.monotonic() + START_LIMIT_S
        for port, process in zip(ports.values(), started, strict=True):
            while socket.socket().connect_ex(("127.0.0.1", port)):
                assert process.poll() is None and time.monotonic() < deadline, "the shop did not start"
                time.sleep(0.05)
        yield f"http://localhost:{ports['web']}"
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield started
        started.close()
        connections.close_all()  # what was asked beside Playwright's loop had a connection of its own


def test_a_film_plays_is_remembered_and_stops_when_it_is_withdrawn(shop, browser):
    hana = world.customer()
    order = world.bought(hana, Product.objects.get(slug="lighthouse"))
    signed_in = Client()
    signed_in.force_login(hana)
    context = browser.new_context()
    context.set_default_timeout(STEP_LIMIT_MS)
    context.add_cookies([{"name": "sessionid", "value": signed_in.cookies["sessionid"].value, "url": shop}])
    page = context.new_page()
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))

    def watched() -> Access:
        return Access.objects.get(line__order=order)

    page.goto(f"{shop}/orders/{order.number}/watch/")
    assert watched().opened_at is None
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function("() => document.querySelector('video').currentTime > 3")
    assert page.evaluate("document.querySelector('video').duration") == 24
    with page.expect_response("**/progress/") as saved:
        page.evaluate("document.querySelector('video').pause()")
    assert saved.value.status == 204
    assert watched().opened_at and 3 <= watched().watched_s < 20

    # Jumping ahead is no watching; the place is remembered all the same.
    page.evaluate("document.querySelector('video').currentTime = 18")
    page.wait_for_function("() => !document.querySelector('video').seeking")
    page.goto(f"{shop}/orders/")
    # What a page says while it is left has no page any more that would tell of the answer.
    deadline = time.monotonic() + STEP_LIMIT_MS / 1000
    while watched().position_s != 18 and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert watched().position_s == 18 and watched().watched_s < 18

    page.goto(f"{shop}/orders/{order.number}/watch/")
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function("() => document.querySelector('video').currentTime > 18.2")

    revoke_access(order)
    expect(page.locator("[data-withdrawn]")).to_be_visible()
    expect(page.locator("video")).to_be_hidden()
    assert page.evaluate("document.querySelector('video').paused")
    before = watched().watched_s
    assert page.goto(f"{shop}/orders/{order.number}/watch/").status == 403
    assert watched().watched_s == before
    assert said == []


def test_the_search_box_is_one_key_away_and_the_cut_off_counts_down(shop, browser):
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{shop}/goods/kettle/")
    page.keyboard.press("/")
    page.keyboard.type("ﾏｸﾞ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    expect(page.locator(".goods-card").first).to_be_visible()
    page.goto(f"{shop}/goods/kettle/")
    # The moment of the cut-off is moved here, not waited for: the page then asks what is promised now.
    with page.expect_response("**/promise/") as asked:
        page.evaluate(
            "() => { const at = document.querySelector('[data-counts-down]'); at.dataset.countsDown = at.dataset.now; }"
        )
    assert asked.value.status == 200
    expect(page.locator("[data-counts-down]:not([data-over])")).to_have_count(1)
