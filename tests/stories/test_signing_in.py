"""Signing in, in a real browser: passkeys with a virtual authenticator, an app's codes, recovery codes, mailed codes, and the second
step of a sign-in that is unlike everything before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.conf import global_settings
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright
from procrastinate.contrib.django.models import ProcrastinateJob

from mioboe.orders.models import ApprovalChoice, ApproveWhen, Order, Product
from mioboe.people.jobs import write_account_mail
from mioboe.people.models import Person
from mioboe.signins.models import SignIn
from tests import world
from tests.people.signing_in import HOME, IPHONE, app_code, newest_code
from tests.stories.looker import AXE_RUN
from tests.stories.stack import AXE
from tests.stories.test_a_film import database_url, free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("signing_in")]
START_LIMIT_S = 60.0
STEP_LIMIT_MS = 20_000
ABROAD = "5.2.3.4"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The data folder of the shop, with its static files."""
    folder = tmp_path_factory.mktemp("shop")
    with override_settings(STATIC_ROOT=folder / "static"):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def shop(transactional_db, folder, settings, monkeypatch) -> Iterator[str]:
    """The address of pages that run beside the test, on its database; by a name, as passkeys belong to one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    # The shop beside us reads what is hashed here.
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "MIOBOE_DATA_DIR": str(folder),
        "MIOBOE_SECRET_KEY": django_settings.SECRET_KEY,
        "MIOBOE_WEB_PORT": str(port),
    }
    started = subprocess.Popen([sys.executable, "-m", "mioboe", "web"], env=environment)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert started.poll() is None and time.monotonic() < deadline, "the shop did not start"
            time.sleep(0.05)
        yield f"http://localhost:{port}"
    finally:
        started.terminate()
        started.wait(20)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield started
        started.close()
        connections.close_all()


def opened(browser: Browser, ip: str = HOME, **facts) -> BrowserContext:
    context = browser.new_context(locale="en-GB", extra_http_headers={"X-Forwarded-For": ip}, **facts)
    context.set_default_timeout(STEP_LIMIT_MS)
    return context


def listen(page: Page) -> list[str]:
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    return said


def sign_in(page: Page, shop: str, mail: str = "hana@customer.example") -> None:
    page.goto(f"{shop}/account/login/?next=/orders/")
    page.locator("input[name=login]").fill(mail)
    page.locator("input[name=password]").fill(world.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page, shop: str) -> None:
    page.goto(f"{shop}/account/logout/")
    page.locator("main form button").click()
    page.wait_for_url(f"{shop}/")


def confirm_password(page: Page) -> None:
    page.locator("input[name=password]").fill(world.PASSWORD)
    page.locator("main form:not([hidden]) button").first.click()


def write_mails() -> None:
    """What the worker would do."""
    for job in ProcrastinateJob.objects.filter(task_name="people.write_account_mail", status="todo"):
        write_account_mail.func(**job.args)
    ProcrastinateJob.objects.filter(task_name="people.write_account_mail").delete()


def shuts_nobody_out(page: Page) -> None:
    page.evaluate(AXE.read_text())
    assert page.evaluate(AXE_RUN) == []


def with_authenticator(context: BrowserContext, page: Page) -> tuple[CDPSession, str]:
    """The page's browser has a finger to show; the session and the authenticator's number."""
    authenticator = context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    facts = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    number = authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": facts})["authenticatorId"]
    return authenticator, number


def test_a_passkey_is_added_and_signs_in(shop, browser):
    world.customer()
    context = opened(browser)
    page = context.new_page()
    said = listen(page)
    authenticator, number = with_authenticator(context, page)
    sign_in(page, shop)
    page.wait_for_url(f"{shop}/orders/")
    page.goto(f"{shop}/account/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    confirm_password(page)
    page.wait_for_url("**/webauthn/add/")
    page.locator("input[name=name]").fill("My phone")
    shuts_nobody_out(page)
    page.get_by_role("button", name="Add a passkey").click()
    # With the first passkey come the recovery codes.
    expect(page.locator("[data-codes] li")).to_have_count(10)
    expect(page.locator("[data-print]")).to_be_visible()
    shuts_nobody_out(page)
    page.goto(f"{shop}/account/2fa/")
    expect(page.locator("main")).to_contain_text("My phone")
    kept = authenticator.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]
    assert [one["isResidentCredential"] for one in kept] == [True] and kept[0]["rpId"] == "localhost"

    sign_out(page, shop)
    # Whoever chooses no passkey on the field presses the button.
    authenticator.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": number, "enabled": False})
    page.goto(f"{shop}/account/login/?next=/orders/")
    button = page.get_by_role("button", name="Sign in with a passkey")
    expect(button).to_be_visible()
    shuts_nobody_out(page)
    authenticator.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": number, "enabled": True})
    button.click()
    page.wait_for_url(f"{shop}/orders/")
    last = SignIn.objects.latest("at")
    assert last.method == "passkey" and last.is_familiar

    # The browser offers it on the mail address's field; chosen there (the authenticator of the tests chooses at once), no button is
    # pressed.
    sign_out(page, shop)
    page.goto(f"{shop}/account/login/?next=/orders/")
    page.wait_for_url(f"{shop}/orders/")
    assert SignIn.objects.latest("at").method == "passkey" and SignIn.objects.count() == 3

    # After the password it is the second step, and it confirms, too.
    sign_out(page, shop)
    authenticator.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": number, "enabled": False})
    sign_in(page, shop)
    page.wait_for_url("**/authenticate/")
    shuts_nobody_out(page)
    authenticator.send("WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": number, "enabled": True})
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{shop}/orders/")
    page.goto(f"{shop}/account/2fa/webauthn/add/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/webauthn/add/")
    assert said == []


def test_a_passkey_approves_an_order_that_waits(shop, browser):
    hana = world.customer()
    context = opened(browser)
    page = context.new_page()
    said = listen(page)
    authenticator, number = with_authenticator(context, page)
    sign_in(page, shop)
    page.wait_for_url(f"{shop}/orders/")
    page.goto(f"{shop}/account/2fa/webauthn/add/")
    confirm_password(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("[data-codes] li")).to_have_count(10)
    ApprovalChoice.objects.filter(person=hana).update(when=ApproveWhen.ALWAYS)
    film = world.film()
    Product.objects.update(picture="shopfront/goods/film-falling-stars.svg")
    order = world.bought(Person.objects.get(pk=hana.pk), Product.objects.get(pk=film.pk))
    path = f"{shop}/orders/{order.number}/"
    page.goto(path)
    # Added a moment ago, it approves nothing yet.
    expect(page.locator("input[name=code]")).to_be_visible()
    expect(page.locator("form[data-passkey]")).to_have_count(0)
    Authenticator.objects.update(created_at=timezone.now() - timedelta(days=8))
    page.goto(path)
    press = page.get_by_role("button", name="Approve ¥500 with a passkey")
    expect(press).to_be_visible()
    shuts_nobody_out(page)
    # Whoever cannot show finger, face or PIN is told so, and can try again.
    authenticator.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    press.click()
    expect(page.locator("[data-passkey-problem]")).to_be_visible()
    assert Order.objects.get().state == "waiting"
    authenticator.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": True})
    press.click()
    expect(page.locator("main")).not_to_contain_text("Please approve this order")
    assert Order.objects.get().approval.how == "passkey" and Order.objects.get().state == "confirmed"
    assert said == []


def test_an_apps_code_a_recovery_code_and_no_javascript(shop, browser):
    """All of it without JavaScript, which only passkeys need."""
    world.customer()
    page = opened(browser, java_script_enabled=False).new_page()
    sign_in(page, shop)
    page.wait_for_url(f"{shop}/orders/")
    page.goto(f"{shop}/account/2fa/totp/activate/")
    confirm_password(page)
    secret = page.locator(".totp-secret").inner_text().strip()
    page.locator("input[name=code]").fill(app_code(secret=secret))
    page.get_by_role("button", name="Switch on").click()
    codes = page.locator("[data-codes] li").all_inner_texts()
    assert len(codes) == 10
    for typed in (app_code(1, secret), codes[0]):
        sign_out(page, shop)
        sign_in(page, shop)
        page.wait_for_url("**/authenticate/")
        page.locator("input[name=code]").fill(typed)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{shop}/orders/")
    assert list(SignIn.objects.order_by("at").values_list("method", flat=True)) == [
        "password",
        "password+totp",
        "password+recovery",
    ]


def test_a_sign_in_unlike_all_before_needs_the_mailed_code_and_so_may_anybody_sign_in(shop, browser):
    world.customer()
    page = opened(browser).new_page()
    sign_in(page, shop)
    page.wait_for_url(f"{shop}/orders/")

    stranger = opened(browser, ABROAD, user_agent=IPHONE, viewport={"width": 360, "height": 740}).new_page()
    sign_in(stranger, shop)
    stranger.wait_for_url("**/login/code/confirm/**")
    shuts_nobody_out(stranger)
    elsewhere = stranger.context.new_page()
    elsewhere.goto(f"{shop}/orders/")
    elsewhere.wait_for_url("**/login/code/confirm/**")  # not in yet: sent back to the step
    write_mails()
    stranger.locator("input[name=code]").fill(newest_code())
    stranger.get_by_role("button", name="Go on").click()
    stranger.wait_for_url(f"{shop}/orders/")
    assert SignIn.objects.latest("at").device.known_at is not None

    by_mail = opened(browser).new_page()
    by_mail.goto(f"{shop}/account/login/")
    by_mail.get_by_role("link", name="Sign in with a code by mail").click()
    by_mail.locator("input[name=email]").fill("hana@customer.example")
    by_mail.get_by_role("button", name="Send the code").click()
    by_mail.wait_for_url("**/login/code/confirm/**")
    write_mails()
    by_mail.locator("input[name=code]").fill(newest_code())
    by_mail.get_by_role("button", name="Go on").click()
    by_mail.wait_for_url(f"{shop}/")
    by_mail.goto(f"{shop}/orders/")
    expect(by_mail.locator("input[name=password]")).to_have_count(0)
