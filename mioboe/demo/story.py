"""One night, played in real browsers: the intruder's phone, the customer's PC, the agent's desk, the customer's telephone.
Each step is done by what is to be seen on the page and waits for what a person would see."""

import json
import os
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from mioboe.demo import people

FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.1 Mobile/15E148 Safari/604.1"
)
PHONE_SIZE, PC_SIZE, DESK_SIZE = (
    {"width": 390, "height": 844},
    {"width": 1280, "height": 900},
    {"width": 1440, "height": 950},
)
STEP_LIMIT_MS = 20_000
# What the account of 2017 tells of, seconds.
IN_2017 = {"ring": "10 s", "cancelled": "about 1 min", "refund_mail": "about 2 h", "presses": "about 10"}

AXE_RUN = """async () => (await axe.run()).violations
    .filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(" ")}`)"""


@dataclass
class Night:
    base: str
    pictures: Path
    axe: Path | None  # axe-core, to look for what shuts people out; given by the tests
    browser: Browser
    began: float = field(default_factory=time.monotonic)
    steps: list[tuple[float, str, str]] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    presses: int = 0
    problems: list[str] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def person(self, size: dict[str, int], **facts: Any) -> Page:
        """Somebody with a browser of their own."""
        context = self.browser.new_context(viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo", **facts)  # type: ignore[arg-type]
        context.set_default_timeout(STEP_LIMIT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("console", self._listen)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        # A sign-in form that is met by whoever was signed out, and a film that was withdrawn, are answers, not errors.
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def step(self, name: str, words: str, page: Page) -> None:
        """Notes a step with its time and a picture of what the person sees."""
        self.steps.append((time.monotonic() - self.began, name, words))
        print(f"  {self.steps[-1][0]:6.2f} s  {words}", flush=True)
        page.screenshot(path=self.pictures / f"{len(self.steps):02d}-{name}.png")
        if self.axe:
            page.evaluate(self.axe.read_text())
            self.faults[name] = page.evaluate(AXE_RUN)

    def sign_in(self, page: Page, mail: str, path: str) -> None:
        page.goto(f"{self.base}/account/login/?next={path}")
        page.locator("input[name=login]").fill(mail)
        page.locator("input[name=password]").fill(people.PASSWORD)
        page.locator("main form:not([data-passkey]) button").first.click()
        page.wait_for_url(f"**{path}")

    def stand(self, page: Page, place: str) -> None:
        page.goto(f"{self.base}/demo/")
        page.locator(f"button[name=place][value={place}]").click()

    def press(self, page: Page, what: str) -> None:
        """A press on the way from the mail to the ringing telephone."""
        self.presses += 1
        page.locator(what).click()


def play(
    base: str,
    pictures: Path | None = None,
    told: threading.Event | None = None,
    nights: int = 1,
    night_of: Callable[[Night], None] | None = None,
) -> bool:
    """Plays the night (or another, `night_of`) against a running demo at `base`, `nights` times, and prints its timeline and figures. Pictures of
    each step and the last night's figures go to `pictures`. Answers whether all went well; `told` ends it between nights."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("The story needs a browser: apt-get install chromium fonts-noto-cjk", file=sys.stderr)
        return False
    pictures = pictures or Path(os.environ.get("MIOBOE_DATA_DIR", "var")) / "story"
    pictures.mkdir(parents=True, exist_ok=True)
    played: list[Night] = []
    for number in range(nights):
        if told is not None and told.is_set():
            break
        if nights > 1:
            print(f"night {number + 1} of {nights}")
        played.append(_one_night(base, pictures, chromium, night_of or _play))
    _tell(played)
    return bool(played) and not any(night.problems for night in played)


def _one_night(base: str, pictures: Path, chromium: str, night_of: Callable[[Night], None]) -> Night:
    for old in pictures.glob("*.png"):
        old.unlink()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        axe = os.environ.get("MIOBOE_STORY_AXE")
        night = Night(base, pictures, Path(axe) if axe else None, browser)
        try:
            night_of(night)
        except Exception as error:  # the story is told to its end, whatever went wrong
            night.problems.append(str(error))
        finally:
            browser.close()
    return night


def _play(night: Night) -> None:
    intruder, customer = night.person(PHONE_SIZE, user_agent=IPHONE, has_touch=True), night.person(PC_SIZE)
    agent, telephone = night.person(DESK_SIZE), night.person(PHONE_SIZE)
    # The customer's own PC is known to the account before the night begins.
    night.stand(customer, "tokyo")
    night.sign_in(customer, people.CUSTOMER, "/orders/")
    night.sign_in(agent, "kaori@desk.example", "/desk/")
    _go_on_duty(agent)
    telephone.goto(f"{night.base}/demo/telephone/{people.TELEPHONE}/")
    expect(telephone.locator("[data-telephone=quiet]")).to_be_visible()

    night.stand(intruder, "osaka")
    night.sign_in(intruder, people.CUSTOMER, "/goods/falling-stars/")
    intruder.locator("form[action$='/buy/'] button").click()
    intruder.wait_for_url("**/orders/*/")
    bought = time.monotonic()
    night.step("bought", "the intruder buys a film with one click", intruder)

    customer.goto(f"{night.base}/demo/mailbox/{people.CUSTOMER}/")
    mail = customer.locator("#mails a", has_text="星降る夜に").first
    expect(mail).to_be_visible()
    night.figures["order_mail"] = time.monotonic() - bought
    mail.click()
    expect(customer.locator("[data-dkim=valid]")).to_be_visible()
    expect(customer.frame_locator("iframe.mail").locator("a.button")).to_be_visible()
    night.step("order-mail", "the order mail arrives, DKIM-signed", customer)

    letter = customer.frame_locator("iframe.mail")
    night.presses += 1
    letter.locator("a.button").click()
    customer.wait_for_url("**/help/not-me/**")
    expect(customer.locator(".know")).to_contain_text("大阪府")
    night.step("remember", "what, when, which device, about where", customer)
    night.press(customer, "button[name=do][value=report]")
    customer.wait_for_url("**/call/")
    night.step("number", "reported; which number may we call?", customer)
    asked = time.monotonic()
    night.press(customer, "button[name=when][value=now]")
    expect(telephone.locator("[data-telephone=ringing]")).to_be_visible()
    night.figures["ring"] = time.monotonic() - asked
    night.figures["presses"] = night.presses
    night.step("ringing", "the telephone rings", telephone)
    words = customer.locator("[data-passphrase]")
    expect(words).to_be_visible()
    night.step("waiting", "who calls, and the two words said first", customer)
    expect(agent.locator("#work")).to_contain_text("大阪府")
    expect(agent.locator("[data-phone=agent] .words")).to_have_text(words.inner_text())
    night.step("desk", "the agent's screen shows everything already", agent)

    answered = time.monotonic()
    telephone.locator("[data-press=answer]").click()
    for page in (telephone, agent):
        expect(page.locator("[data-phone][data-audio=both-ways]")).to_be_visible()
    night.figures["audio"] = time.monotonic() - answered
    night.step("talking", "both sides hear each other", telephone)

    number = agent.locator("#work").get_attribute("data-case")
    pressed = time.monotonic()
    agent.locator("#work form[action$='/resolve/'] button").click()
    for remedy in ("cancel", "revoke_access", "refund"):
        expect(agent.locator(f"[data-remedy={remedy}][data-remedy-state=done]")).to_be_visible()
    night.figures["cancelled"] = time.monotonic() - pressed
    night.step("cancelled", "cancelled, film withdrawn, refunded", agent)
    customer.goto(f"{night.base}/demo/mailbox/{people.CUSTOMER}/")
    expect(customer.locator("#mails a").first).to_contain_text("返金")
    night.figures["refund_mail"] = time.monotonic() - pressed
    customer.locator("#mails a").first.click()
    expect(customer.frame_locator("iframe.mail").locator("h1")).to_be_visible()
    night.step("refund-mail", "the mail “refund complete” arrives", customer)

    for remedy in ("block_one_click", "end_sessions", "send_reset_link"):
        agent.locator(f"#work input[value={remedy}]").check()
    agent.locator("#work form[action$='/resolve/'] button").click()
    for remedy in ("end_sessions", "send_reset_link"):
        expect(agent.locator(f"[data-remedy={remedy}][data-remedy-state=done]")).to_be_visible()
    night.step("secured", "everybody signed out, reset link mailed", agent)
    intruder.goto(f"{night.base}/orders/")
    expect(intruder.locator("input[name=password]")).to_be_visible()
    night.step("signed-out", "the intruder's next click finds himself signed out", intruder)

    telephone.locator("[data-press=hang_up]").click()
    expect(telephone.locator("[data-telephone=quiet]")).to_be_visible()
    customer.goto(f"{night.base}/demo/mailbox/{people.CUSTOMER}/")
    reset = customer.locator("#mails a", has_text="パスワード").first
    reset.click()
    customer.frame_locator("iframe.mail").locator("a[href*='/password/reset/key/']").click()
    expect(customer.locator("input[name=password1]")).to_be_visible()
    _set_password(customer)
    night.step("password", "a new password from the mailed link", customer)

    customer.goto(f"{night.base}/help/cases/{number}/statement/")
    if customer.locator("input[name=login]").is_visible():
        customer.locator("input[name=login]").fill(people.CUSTOMER)
        customer.locator("input[name=password]").fill(NEW_PASSWORD)
        customer.locator("main form:not([data-passkey]) button").first.click()
    with customer.expect_download() as download:
        customer.locator("a[href$='statement.csv']").click()
    file = night.pictures / "enavi.csv"
    download.value.save_as(file)
    customer.locator("input[type=file]").set_input_files(file)
    customer.locator("main form button").click()
    for outcome in ("charge", "refund"):
        expect(customer.locator(f"[data-outcome={outcome}]").first).to_be_visible()
    night.step("statement", "the card statement: charge and refund matched", customer)
    file.unlink()
    customer.goto(f"{night.base}/help/cases/{number}/")
    expect(customer.locator(".tick-done").first).to_be_visible()
    expect(customer.locator(".tick:not(.tick-done)")).to_have_count(0)
    night.step("done", "every step ticked", customer)
    _restore(customer)


NEW_PASSWORD = "asa-no-hikari-2017"


def _set_password(page: Page) -> None:
    page.locator("input[name=password1]").fill(NEW_PASSWORD)
    page.locator("input[name=password2]").fill(NEW_PASSWORD)
    page.locator("main form button").click()
    page.wait_for_load_state()


def _restore(page: Page) -> None:
    """The night is over: the demo's password and one click as they were, so that a visitor can walk the same way."""
    from mioboe.orders.models import OneClick
    from mioboe.people.models import Person

    def back() -> None:
        person = Person.objects.get(email=people.CUSTOMER)
        person.set_password(people.PASSWORD)
        person.save()
        OneClick.objects.filter(person=person).update(is_on=True)

    # Playwright's loop runs in this thread; Django wants one without.
    worker = threading.Thread(target=back)
    worker.start()
    worker.join()


def _go_on_duty(agent: Page) -> None:
    away = agent.locator("form[action$='/duty/away/'] button")
    hang_up = agent.locator("[data-phone=agent] [data-press=hang_up]")
    if hang_up.is_visible():  # a call left over from a night that was cut short
        hang_up.click()
        expect(hang_up).to_have_count(0)
    if away.is_visible():
        away.click()
    agent.locator("form[action$='/duty/on/'] button[value='1']").click()
    expect(away).to_be_visible()


FIGURES = {
    "ring": "“call me now” → ring",
    "cancelled": "cancel pressed → undone",
    "refund_mail": "cancel pressed → refund mail",
    "presses": "presses from mail to ring",
    "audio": "answer → sound both ways",
}


def _tell(played: list[Night]) -> None:
    """The figures beside those of 2017, and what went wrong."""
    if not played:
        return
    last = played[-1]
    figures = {name: round(value, 3) for name, value in last.figures.items()}
    if last.axe:
        (last.pictures / "axe.json").write_text(json.dumps(last.faults, indent=1))
    (last.pictures / "figures.json").write_text(json.dumps(figures, indent=1))
    if figures:
        tonight = "tonight" if len(played) == 1 else f"median, worst of {len(played)}"
        print(f"\n  {'figure':31} {tonight:22} 2017")
        for name, words in FIGURES.items():
            values = sorted(night.figures[name] for night in played if name in night.figures)
            print(f"  {words:31} {_said(name, values):22} {IN_2017.get(name, '')}")
    for night in played:
        for problem in night.problems:
            print(f"  PROBLEM {problem}", file=sys.stderr)


def _said(name: str, values: list[float]) -> str:
    if not values:
        return "–"
    unit = "" if name == "presses" else " s"
    digits = 0 if name == "presses" else 2
    middle = f"{statistics.median(values):.{digits}f}{unit}"
    return middle if len(values) == 1 else f"{middle}, {values[-1]:.{digits}f}{unit}"
