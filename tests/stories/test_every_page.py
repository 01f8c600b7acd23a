"""Every page on the way, in both languages, small and wide, light and dark: what nobody may meet on any of them."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from mioboe.demo import people
from mioboe.demo.story import FLAGS, IPHONE
from tests.people.signing_in import app_code
from tests.stories.looker import Found, Looker, Visitor, pictures_folder
from tests.stories.stack import demo_up

AGENT = "kaori@desk.example"
MAILBOX = f"/demo/mailbox/{people.CUSTOMER}/"
CAREFUL_MAILBOX = f"/demo/mailbox/{people.CAREFUL}/"
TELEPHONE = f"/demo/telephone/{people.TELEPHONE}/"
# Names and what names our own mails are written once, in their owner's language.
KNOWN_WORDS = re.compile("佐藤 花|^佐$|鈴木 雪|^鈴$|香織|運営|(?<=^Mail sent: ).*")
LIMIT_MS = 15_000
KEYBOARD_STOPS = 8
FOCUS = """() => {
    const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
    return { what: it.outerHTML.slice(0, 100), outline: style.outlineStyle, isInSight: box.bottom > 0 && box.width > 0 };
}"""


class Night:
    """Everybody of the night, and the cases and links that the pages are about."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.visitor, self.customer, self.agent = (Visitor(browser, base) for _ in range(3))
        self.telephone, self.careful, self.operator = (Visitor(browser, base) for _ in range(3))
        self.stranger = Visitor(browser, base, user_agent=IPHONE)
        self.looker = Looker(KNOWN_WORDS, pictures_folder())

    def prepare(self) -> None:
        """Three orders, a case about each of two, their links: one fresh, one used."""
        self.agent.sign_in(AGENT, people.PASSWORD)
        self.customer.go("/demo/").locator("button[value=osaka]").click()
        self.customer.sign_in(people.CUSTOMER, people.PASSWORD)
        self.stranger.go("/demo/").locator("button[value=tokyo]").click()
        self.stranger.sign_in(people.CUSTOMER, people.PASSWORD)
        self.order = self._buy("falling-stars")
        self.parcel_order = self._buy("kettle")
        self.spent_order = self._buy("lighthouse")
        self.fresh_link = self._mailed_link("星降る夜に", "/help/not-me/")
        self.spent_link = self._mailed_link("灯台守の手紙", "/help/not-me/")
        self.calm_case = self._report(self.spent_link)
        self.case = self._report(f"/help/orders/{self.order}/")
        self.operator.sign_in(people.OPERATOR, people.PASSWORD)
        self.careful.sign_in(people.CAREFUL, people.PASSWORD)
        self.careful.go("/settings/buying/").locator("input[name=when][value=always]").check()
        self.careful.page.locator("form[action$='/settings/approval/'] button").click()
        self.waiting = self._buy("falling-stars", self.careful)

    def _buy(self, slug: str, who: Visitor | None = None) -> str:
        who = who or self.customer
        who.go(f"/goods/{slug}/").locator("form[action$='/buy/'] button").click()
        who.page.wait_for_url("**/orders/*/")
        return who.page.url.split("/")[-2]

    def _report(self, path: str) -> str:
        self.customer.go(path).locator("main form button").first.click()
        self.customer.page.wait_for_url("**/call/")
        return self.customer.page.url.split("/")[-3]

    def open_mail(self, words: str, mailbox: str = MAILBOX) -> str:
        """Waits for that mail in the customer's mailbox; its page's path."""
        mail = self.telephone.go(mailbox).locator("#mails a", has_text=words).first
        expect(mail).to_be_visible()
        return str(mail.get_attribute("href"))

    def _mailed_link(self, words: str, path: str, mailbox: str = MAILBOX) -> str:
        letter = self.telephone.go(self.open_mail(words, mailbox) + "html/").content()
        found = re.search(rf"{re.escape(path)}[\w/:-]+", letter)
        assert found is not None, letter
        return found.group(0)

    def use_keyboard(self) -> None:
        """Tab by tab from the top of the home page: what has the focus, and how it shows."""
        page = self.visitor.go("/")
        self.stops: list[dict[str, Any]] = []
        for _ in range(KEYBOARD_STOPS):
            page.keyboard.press("Tab")
            self.stops.append(page.evaluate(FOCUS))
        self.visitor.go("/").keyboard.press("Tab")
        page.keyboard.press("Enter")
        self.skipped_to = page.evaluate("() => document.activeElement.id")

    def look_around(self) -> None:
        self.prepare()
        for part in (
            self.shop,
            self.approval,
            self.operators,
            self.account,
            self.help,
            self.call,
            self.undoing,
            self.demo,
            self.errors,
            self.safety,
        ):
            part()

    def shop(self) -> None:
        look, customer = self.looker.look, self.customer
        look("home", self.visitor, "/")
        look("home signed in", customer, "/")
        look("product", customer, "/goods/falling-stars/")
        look("product of a visitor", self.visitor, "/goods/kettle/")
        look("orders", customer, "/orders/")
        look("order", customer, f"/orders/{self.order}/")
        look("film", customer, f"/orders/{self.order}/watch/")

    def approval(self) -> None:
        """An order that waits, from the page and from the mail, and the choice to be asked less."""
        look, visitor, careful = self.looker.look, self.visitor, self.careful
        look("order that waits", careful, f"/orders/{self.waiting}/")
        look("not buy it", careful, f"/orders/{self.waiting}/undo/")
        link = self._mailed_link("ご確認ください", "/help/approve/", CAREFUL_MAILBOX)
        look("approve", visitor, link)
        visitor.go(link).locator("button[name=do][value=approve]").click()
        expect(visitor.page.locator("button[name=do]")).to_have_count(0)
        careful.go("/settings/buying/").locator("input[name=when][value=never]").check()
        careful.page.locator("form[action$='/settings/approval/'] button").click()
        careful.page.wait_for_url("**/settings/approval/less/**")
        look("ask me less, here", careful, "/settings/approval/less/?when=never&above=9000")
        careful.go("/settings/approval/less/?when=never").locator("button[name=do][value=mail]").click()
        careful.page.wait_for_url("**/settings/buying/")
        look("ask me less", visitor, self._mailed_link("減らしますか", "/settings/approval/", CAREFUL_MAILBOX))

    def operators(self) -> None:
        look, operator = self.looker.look, self.operator

        def made(page: Page) -> None:
            operator.go("/api/keys/").locator("input[name=name]").fill("Till")
            page.locator("input[name=source]").fill("kobo")
            page.locator("form[action$='/keys/'] button").last.click()
            expect(page.locator("[data-key]")).to_be_visible()

        look("thresholds", operator, "/desk/thresholds/")
        look("API keys, to be confirmed", operator, "/api/keys/")
        operator.page.locator("main a[href*='/account/reauthenticate/']").click()
        operator.page.locator("input[name=password]").fill(people.PASSWORD)
        operator.page.locator("main form:not([data-passkey]) button").first.click()
        operator.page.wait_for_url("**/api/keys/")
        look("API keys", operator, made, 201)
        look("API reference", self.visitor, "/api/v1/docs")

    def account(self) -> None:
        look, visitor = self.looker.look, self.visitor

        def sign_in_wrongly(page: Page) -> None:
            visitor.go("/account/login/").locator("input[name=login]").fill("nobody@customer.example")
            page.locator("main form:not([data-passkey]) button").first.click()
            expect(page.locator(".field-error").first).to_be_visible()

        look("sign-in", visitor, "/account/login/")
        look("sign-in refused", visitor, sign_in_wrongly)
        look("sign-up", visitor, "/account/signup/")
        look("sign-in by code", visitor, "/account/login/code/")
        self._ask(visitor, "/account/login/code/", "email", "nobody@customer.example")
        look("sign-in by code, typed", visitor, "/account/login/code/confirm/")
        self._ask(visitor, "/account/signup/", "email", people.CUSTOMER, password1="yoru-no-furo-2018")
        look("sign-up, code", visitor, "/account/confirm-email/")
        visitor.context.clear_cookies()
        look("sign-out", self.customer, "/account/logout/")
        self.second_factors()
        look("password change", self.customer, "/account/password/change/")
        look("password reset", visitor, "/account/password/reset/")
        look("password reset asked", visitor, "/account/password/reset/done/")
        look("password reset link that is none", visitor, "/account/password/reset/key/1-nothing/")
        look("password set", visitor, "/account/password/reset/key/done/")

    def _ask(self, who: Visitor, path: str, field: str, value: str, **others: str) -> None:
        who.go(path)
        for name, typed in {field: value, **others}.items():
            who.page.locator(f"main input[name={name}]").fill(typed)
        who.page.locator("main form:not([data-passkey]) button").first.click()
        who.page.wait_for_url(lambda url: not url.endswith(path))

    def second_factors(self) -> None:
        """What keeps an account safe; each page asks who it is first."""
        look, customer = self.looker.look, self.customer
        app = "/account/2fa/totp/activate/"
        look("is it you", customer, app)
        customer.page.locator("input[name=password]").fill(people.PASSWORD)
        customer.page.locator("main form:not([data-passkey]) button").first.click()
        customer.page.wait_for_url(f"**{app}")
        look("app on", customer, app)
        secret = customer.page.locator(".totp-secret").inner_text().strip()
        customer.page.locator("input[name=code]").fill(app_code(secret=secret))
        customer.page.locator("main form button").first.click()
        customer.page.wait_for_url("**/recovery-codes/")
        look("recovery codes", customer, "/account/2fa/recovery-codes/")
        look("passkey", customer, "/account/2fa/webauthn/add/")
        look("signing in", customer, "/account/2fa/")
        look("mail address", customer, "/account/email/")
        look("code by mail", customer, "/account/reauthenticate/code/")
        look("mail address, old link", self.visitor, "/account/email/stop/nothing/", 410)
        self._ask(self.visitor, "/account/login/", "login", people.CUSTOMER, password=people.PASSWORD)
        look("second step", self.visitor, "/account/2fa/authenticate/")
        self.visitor.context.clear_cookies()

    def help(self) -> None:
        look, visitor, customer = self.looker.look, self.visitor, self.customer
        look("help", visitor, "/help/")
        look("contact", customer, "/help/contact/")
        look("contact of a visitor", visitor, "/help/contact/")
        self.contact()
        look("not me", visitor, self.fresh_link)
        look("report an order", customer, f"/help/orders/{self.order}/")
        look("link of nobody", visitor, "/help/not-me/nothing/", 404)
        look("link of another", self.agent, self.fresh_link, 403)
        look("link used", visitor, self.spent_link, 410)
        look("cases", customer, "/help/cases/")
        look("cases of nobody", self.agent, "/help/cases/")
        look("case without a plan", customer, f"/help/cases/{self.calm_case}/")

    def contact(self) -> None:
        """The steps between the list of orders and the one press; the numbers on file; the operator's lists."""
        look, customer, operator = self.looker.look, self.customer, self.operator
        film = f"/help/contact/?order={self.order}"
        look("contact, what about", customer, film)
        look("contact, detail", customer, f"{film}&about=video")
        look("contact, undo alone", customer, f"{film}&about=video&detail=film-by-mistake")
        look(
            "contact, parcel", customer, f"/help/contact/?order={self.parcel_order}&about=delivery&detail=parcel-where"
        )
        look("contact, who signed in", customer, "/help/contact/?order=none&about=account&detail=account-used")
        look(
            "contact, by telephone",
            customer,
            f"/help/contact/phone/?order={self.order}&about=video&detail=film-purchase",
        )
        look("numbers", customer, "/help/safety/numbers/")
        look("contact lists", operator, "/desk/topics/")
        look("contact list, new", operator, "/desk/topics/topic/new/")
        look("limits of calls", operator, "/desk/limits/")

    def call(self) -> None:
        """A call from "call me now" to its end; nobody is on duty at first."""
        look, customer, agent, case = self.looker.look, self.customer, self.agent, self.case
        path = f"/help/cases/{case}/call/"

        def refused(page: Page) -> None:
            customer.go(path).locator("input[value=typed]").check()
            page.locator("input[name=number]").fill("117")
            page.locator("main form:not([data-passkey]) button").first.click()
            expect(page.locator("#id_number_error")).to_be_visible()

        look("call", customer, path)
        look("call refused", customer, refused, 422)
        customer.go(path).locator("main form button").first.click()
        customer.page.wait_for_url("**/waiting/")
        waiting = f"/help/cases/{case}/waiting/"
        look("waiting", customer, waiting)
        look("telephone quiet", self.telephone, TELEPHONE)
        look("desk away", agent, "/desk/")
        agent.page.locator("form[action$='/duty/on/'] button[value='0']").click()
        take = agent.page.locator("[data-press=take]")
        expect(take).to_be_visible()
        look("desk offered", agent, "/desk/")
        take.click()
        expect(agent.page.locator("[data-phone=agent][data-state=ringing]")).to_be_visible()
        look("telephone ringing", self.telephone, TELEPHONE)
        look("waiting ringing", customer, waiting)
        customer.page.emulate_media(reduced_motion="reduce")
        self.ringing_moves = customer.page.locator(".pulse").evaluate("(it) => getComputedStyle(it).animationName")
        customer.page.emulate_media(reduced_motion="no-preference")
        self.telephone.page.locator("[data-press=answer]").click()
        expect(agent.page.locator("[data-phone=agent][data-state=talking]")).to_be_visible()
        look("telephone talking", self.telephone, TELEPHONE)
        look("waiting talking", customer, waiting)
        look("desk talking", agent, "/desk/")
        agent.page.locator("[data-press=hang_up]").click()
        expect(agent.page.locator("[data-phone=agent]")).to_have_count(0)
        look("waiting ended", customer, waiting)
        look("desk after the call", agent, "/desk/")

    def undoing(self) -> None:
        """The plan is carried out, all but the customer's own sessions, and the statement is checked."""
        look, customer, agent, case = self.looker.look, self.customer, self.agent, self.case
        look("desk case", agent, f"/desk/cases/{self.calm_case}/")
        agent.go(f"/desk/cases/{case}/")
        for remedy in ("block_one_click", "send_reset_link"):
            agent.page.locator(f"#work input[value={remedy}]").check()
        agent.page.locator("form[action$='/resolve/'] button").click()
        for remedy in ("refund", "send_reset_link"):
            expect(agent.page.locator(f"[data-remedy={remedy}][data-remedy-state=done]")).to_be_visible()
        look("desk case with a plan", agent, f"/desk/cases/{case}/")
        look("case with a plan", customer, f"/help/cases/{case}/")
        look("film withdrawn", customer, f"/orders/{self.order}/watch/", 403)
        look("product with 1-click off", customer, "/goods/falling-stars/")
        look("password reset form", self.visitor, self._mailed_link("パスワード", "/account/password/reset/key/"))

        statement = f"/help/cases/{case}/statement/"
        file = customer.context.request.get(f"{customer.base}/demo/bank/statement.csv").body()

        def upload(name: str, content: bytes) -> None:
            chosen = customer.go(statement).locator("input[type=file]")
            chosen.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
            customer.page.locator("main form:not([data-passkey]) button").first.click()

        def unreadable(page: Page) -> None:
            upload("photo.csv", b"\x89PNG")
            expect(page.locator("#id_statement_error")).to_be_visible()

        def checked(page: Page) -> None:
            upload("enavi.csv", file)
            expect(page.locator("[data-outcome=refund]").first).to_be_visible()

        look("statement", customer, statement)
        look("statement unreadable", customer, unreadable, 422)
        look("statement checked", customer, checked)

    def demo(self) -> None:
        look = self.looker.look
        look("demo", self.visitor, "/demo/")
        look("mailbox", self.visitor, MAILBOX)
        look("mailbox empty", self.visitor, "/demo/mailbox/nobody@customer.example/")
        look("mail", self.visitor, self.open_mail("返金"))
        look("mail with a reset link", self.visitor, self.open_mail("パスワード"))
        for words in ("ご注文", "返金", "パスワード", "いつもと違う"):
            self._look_into_mail(words)

    def _look_into_mail(self, words: str) -> None:
        """Its frame lets no script in, so that what it holds is looked at without the frame."""
        letter = self.visitor.context.request.get(self.visitor.base + self.open_mail(words) + "html/").text()
        self._answer_with("letter", letter, 200)
        self.looker.look(f"letter {words}", self.visitor, "/letter/", languages=("ja",))

    def _answer_with(self, path: str, page: str, status: int) -> None:
        def answer(route: Route) -> None:
            route.fulfill(status=status, content_type="text/html; charset=utf-8", body=page)

        self.visitor.page.unroute(f"**/{path}/")
        self.visitor.page.route(f"**/{path}/", answer)

    def errors(self) -> None:
        look, visitor = self.looker.look, self.visitor

        def post(fields: int) -> None:
            visitor.page.evaluate(
                """(fields) => {
                    const form = Object.assign(document.createElement("form"), { method: "post", action: "/account/login/" });
                    for (let count = 0; count < fields; count++) form.append(Object.assign(document.createElement("input"), { name: "x" }));
                    document.body.append(form);
                    form.submit();
                }""",
                fields,
            )

        def unreadable(page: Page) -> None:
            visitor.go("/account/login/")
            with page.expect_navigation():
                post(fields=1500)

        def too_old(page: Page) -> None:
            visitor.go("/account/login/")
            with page.expect_navigation():
                post(fields=1)

        look("no such page", visitor, "/nothing/", 404)
        look("not allowed", self.customer, "/desk/", 403)
        look("not readable", visitor, unreadable, 400)
        look("open too long", visitor, too_old, 403)
        # It speaks both languages at once.
        self._answer_with("broken", render_to_string("500.html"), 500)
        look("broken", visitor, "/broken/", 500, languages=("ja",))

    def safety(self) -> None:
        """Who was in the account; at last the sign-in of the stranger is reported, and everybody is signed out."""
        look, customer, visitor, agent = self.looker.look, self.customer, self.visitor, self.agent
        notice = self._mailed_link("いつもと違う", "/help/safety/notice/")
        look("my safety", customer, "/help/safety/")
        look("sign-ins", customer, "/help/safety/sign-ins/")
        look("sign-ins that failed", customer, "/help/safety/sign-ins/?show=failed")
        asked = (
            customer.go("/help/safety/sign-ins/")
            .locator("a[href*='/sign-ins/']", has_text=re.compile("心当たり|you"))
            .first
        )
        look("one sign-in", customer, str(asked.get_attribute("href")))
        removed = customer.go("/help/safety/").locator("a[href$='/remove/']").first
        look("device to remove", customer, str(removed.get_attribute("href")))
        look("sign-out everywhere", customer, "/help/safety/sign-out/")
        look("notice", visitor, notice)
        look("notice of another", agent, notice, 403)
        look("notice of nobody", visitor, "/help/safety/notice/nothing/", 404)
        visitor.go(notice).locator("button[value=not_mine]").click()
        visitor.page.wait_for_url("**/help/cases/*/")
        number = visitor.page.url.split("/")[-2]
        expect(visitor.page.locator(".tick-done")).to_have_count(3)
        look("case about a sign-in", visitor, f"/help/cases/{number}/")
        look("notice answered", visitor, notice)
        look("desk case about a sign-in", agent, f"/desk/cases/{number}/")
        look("desk sign-ins", agent, f"/desk/cases/{number}/sign-ins/")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium is not None, "the pages need a browser: apt-get install chromium fonts-noto-cjk"
    folder: Path = tmp_path_factory.mktemp("pages")
    with demo_up(folder) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        expect.set_options(timeout=LIMIT_MS)
        night = Night(browser, base)
        night.look_around()
        night.use_keyboard()
        browser.close()
    return night


@pytest.fixture
def found(night: Night) -> Found:
    return night.looker.found


def test_every_page_answers_as_it_should(found):
    assert found.statuses == {}
    assert len(found.seen) >= 50


def test_no_page_has_a_serious_fault_for_anybody(found):
    assert found.faults == {}


def test_no_page_is_wider_than_its_window(found):
    assert found.too_wide == {}


def test_no_page_moves_while_it_loads(found):
    assert found.moved == {}


def test_no_page_complains_in_the_console(found):
    assert found.complaints == {}


def test_every_page_says_its_language(found):
    assert found.languages == {}


def test_no_page_speaks_the_other_language(found):
    assert found.foreign_words == {}


def test_whatever_has_the_focus_shows_it(night):
    assert [stop for stop in night.stops if stop["outline"] == "none" or not stop["isInSight"]] == []


def test_the_first_stop_of_the_keyboard_leads_to_the_content(night):
    assert "skip-link" in night.stops[0]["what"]
    assert night.skipped_to == "main"


def test_nothing_pulses_for_those_who_want_no_motion(night):
    assert night.ringing_moves == "none"
