"""Looks at a page the way different people have it: both languages, small and light, wide and dark."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.stories.stack import AXE

SMALL, WIDE = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
# Every page small in both languages, wide in the language with the longer words; every fourth page in every way there is.
WAYS = ((SMALL, "light"), (WIDE, "dark"))
OTHER_WAYS = ((SMALL, "dark"), (WIDE, "light"))
OTHER_WAYS_EVERY = 4
STEP_LIMIT_MS = 15_000
# axe looks in these, so at both colour schemes, sizes and languages; it takes longer than everything else together.
AXE_WAYS = (("ja", "light"), ("en", "dark"))
# Cumulative layout shift; the web at large calls less than 0.1 good (https://web.dev/articles/cls).
MOST_MOVED = 0.01

# Before anything of the page runs: counts what moves without a press, and what htmx has refreshed.
COUNT = """
    window.moved = [];
    window.refreshed = new Set();
    new PerformanceObserver((list) => list.getEntries().forEach((shift) => {
        if (!shift.hadRecentInput) window.moved.push([shift.value, shift.sources.map(({ node, previousRect, currentRect }) =>
            `${(node?.outerHTML ?? node?.data ?? "").slice(0, 80)} from ${previousRect.y} to ${currentRect.y}`)]);
    })).observe({ type: "layout-shift", buffered: true });
    document.addEventListener("htmx:afterSettle", (event) => window.refreshed.add(event.detail.target.id));
"""
# A live page looks once more as soon as it hears; only then it is as people see it.
IS_SETTLED = """() => document.readyState === "complete" && document.fonts.status === "loaded"
    && (!document.querySelector("[data-live] [hx-trigger^='live']") || window.refreshed.size > 0)"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.moved))))"
# `target-size` (WCAG 2.2 AA) is off unless asked for. What a frame holds is looked at as a page of its own.
AXE_RUN = """async () => (await axe.run(document, { iframes: false, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }))
    .violations.filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 200)).join(" ")}`)"""
# Words that a person sees or hears, but for those marked as being in another language.
WORDS = """() => {
    const own = (element) => element.closest("[lang]") === document.documentElement;
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const { parentElement, data } = walk.currentNode;
        if (data.trim() && own(parentElement) && parentElement.checkVisibility()) found.push(data.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [alt], [placeholder], [title]")) {
        if (!own(element) || !element.checkVisibility()) continue;
        for (const name of ["aria-label", "alt", "placeholder", "title"]) found.push(element.getAttribute(name) ?? "");
    }
    return [document.title, ...found].filter(Boolean);
}"""
SHAPE = """() => ({
    lang: document.documentElement.lang,
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})"""

JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
# Two words in a row, the second one no name: "Sign in", "not at all".
ENGLISH = re.compile(r"\b[A-Za-z]{2,}[ ’'][a-z]{2,}\b")


@dataclass
class Found:
    """What was wrong, by page."""

    seen: set[str] = field(default_factory=set)
    faults: dict[str, list[str]] = field(default_factory=dict)
    too_wide: dict[str, int] = field(default_factory=dict)
    moved: dict[str, list[tuple[float, list[str]]]] = field(default_factory=dict)
    complaints: dict[str, list[str]] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    foreign_words: dict[str, list[str]] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, base: str, **facts: Any) -> None:
        self.base = base
        self.context: BrowserContext = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", **facts)
        self.context.set_default_timeout(STEP_LIMIT_MS)
        self.context.add_init_script(COUNT)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.status = 0
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("console", self._listen)
        self.page.on("response", self._note)
        self.speak("ja")

    def _listen(self, message: ConsoleMessage) -> None:
        # The browser calls a page of ours that says "no such page" a failure to load.
        where = message.location.get("url", "")
        is_answer = where == self.page.url and "Failed to load resource" in message.text
        # Our own counting, which a mail's frame must not let in.
        is_ours = where.endswith("/html/") and "Blocked script execution" in message.text
        if message.type == "error" and not is_answer and not is_ours:
            self.complaints.append(f"{message.text} ({where})")

    def _note(self, response: Any) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status

    def speak(self, language: str) -> None:
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.base}])

    def go(self, path: str) -> Page:
        self.page.goto(path if path.startswith("http") else self.base + path)
        return self.page

    def sign_in(self, mail: str, password: str) -> None:
        self.go("/account/login/")
        self.page.locator("input[name=login]").fill(mail)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main form:not([data-passkey]) button").first.click()
        self.page.wait_for_url(lambda url: "/login/" not in url)


class Looker:
    def __init__(self, known_words: re.Pattern[str], pictures: Path | None) -> None:
        """`known_words`: names, and other words of people, which are the same in both languages."""
        self.found = Found()
        self.known_words = known_words
        self.pictures = pictures
        self.axe = AXE.read_text()

    def look(
        self,
        name: str,
        visitor: Visitor,
        way_there: str | Callable[[Page], object],
        status: int = 200,
        languages: tuple[str, ...] = ("ja", "en"),
    ) -> None:
        """Goes there, by path or by doing, and looks, in every way; `status` is what the page must answer. `languages`: fewer
        for what is written in one, such as a mail."""
        for language, (size, scheme) in self._ways(languages):
            visitor.speak(language)
            visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
            visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            visitor.complaints.clear()
            if isinstance(way_there, str):
                visitor.go(way_there)
            else:
                way_there(visitor.page)
            place = f"{name} {language} {size['width']} {scheme}"
            if visitor.status != status:
                self.found.statuses[place] = visitor.status
            self._look(place, language, visitor, is_for_all=(language, scheme) in AXE_WAYS or len(languages) == 1)
        self.found.seen.add(name)

    def _ways(self, languages: tuple[str, ...]) -> Iterator[tuple[str, tuple[dict[str, int], str]]]:
        ways = WAYS + (OTHER_WAYS if len(self.found.seen) % OTHER_WAYS_EVERY == 0 else ())
        return (
            (language, way)
            for language in languages
            for way in ways
            if len(ways) > len(WAYS) or way[0] is SMALL or language == languages[-1]
        )

    def _look(self, place: str, language: str, visitor: Visitor, is_for_all: bool) -> None:
        page, found = visitor.page, self.found
        page.wait_for_function(IS_SETTLED)
        moved = page.evaluate(TWO_FRAMES)
        if sum(share for share, _what in moved) >= MOST_MOVED:
            found.moved[place] = moved
        shape = page.evaluate(SHAPE)
        if shape["wider"] > 0:
            found.too_wide[place] = shape["wider"]
        if shape["lang"] != language:
            found.languages[place] = shape["lang"]
        if foreign := [text for text in page.evaluate(WORDS) if self._is_foreign(text, language)]:
            found.foreign_words[place] = foreign
        if self.pictures:
            page.screenshot(path=self.pictures / f"{place}.png", full_page=True)
        if is_for_all:
            page.evaluate(self.axe)
            if faults := page.evaluate(AXE_RUN):
                found.faults[place] = faults
        if visitor.complaints:
            found.complaints[place] = list(visitor.complaints)

    def _is_foreign(self, text: str, language: str) -> bool:
        text = self.known_words.sub("", text)
        if language == "en":
            return JAPANESE.search(text) is not None
        return ENGLISH.search(text) is not None and JAPANESE.search(text) is None


def pictures_folder() -> Path | None:
    """Where pictures of every page are kept for people to look at: PICTURES=folder script/test …; usually nowhere."""
    if "PICTURES" not in os.environ:
        return None
    folder = Path(os.environ["PICTURES"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder
