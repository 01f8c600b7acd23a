"""A shorter night: the customer wants to be asked, the intruder buys, and nothing is charged."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from mioboe.demo import people
from mioboe.demo.story import IPHONE, PC_SIZE, PHONE_SIZE, Night


def play_approval(night: Night) -> None:
    """The intruder's order waits; the customer refuses it in the mailbox, and a case is open. Then the customer buys the same, on a
    device that the account knows, and is not asked."""
    intruder, customer = night.person(PHONE_SIZE, user_agent=IPHONE, has_touch=True), night.person(PC_SIZE)
    night.stand(customer, "tokyo")
    night.sign_in(customer, people.CAREFUL, "/orders/")

    night.stand(intruder, "osaka")
    night.sign_in(intruder, people.CAREFUL, "/goods/falling-stars/")
    intruder.locator("form[action$='/buy/'] button").click()
    intruder.wait_for_url("**/orders/*/")
    number = urlsplit(intruder.url).path.split("/")[-2]
    expect(intruder.locator("input[name=code]")).to_be_visible()
    night.step("waits", "the intruder buys with one click; the order waits, nothing is charged", intruder)

    customer.goto(f"{night.base}/demo/mailbox/{people.CAREFUL}/")
    customer.locator("#mails a", has_text="ご確認ください：").first.click()
    letter = customer.frame_locator("iframe.mail")
    expect(letter.locator("a.button")).to_be_visible()
    expect(letter.locator("body")).to_contain_text(re.compile(r"\d{6}"))
    night.step("approve-mail", "the mail asks: did you order this?", customer)
    letter.locator("a.button").click()
    customer.wait_for_url("**/help/approve/**")
    expect(customer.locator(".know")).to_contain_text("大阪府")
    night.step("decide", "what, which device, about where; yes or no", customer)
    customer.locator("button[name=do][value=refuse]").click()
    customer.wait_for_url("**/call/")
    night.step("refused", "refused: a case is open, and a call is offered", customer)
    customer.goto(f"{night.base}/orders/{number}/")
    expect(customer.locator("main")).to_contain_text("ご請求も発送もしていません")
    night.step("nothing-charged", "the order is off; nothing was charged", customer)

    customer.goto(f"{night.base}/goods/falling-stars/")
    customer.locator("form[action$='/buy/'] button").click()
    customer.wait_for_url("**/orders/*/")
    expect(customer.locator("input[name=code]")).to_have_count(0)
    expect(customer.locator("a[href*='/watch/']")).to_be_visible()
    night.step("own-device", "on the customer's own PC nothing is asked", customer)
    # So that the next one can buy it, too, without being asked whether it was meant.
    customer.locator("a[href$='/undo/']").click()
    customer.locator("main form button").click()
    customer.wait_for_url(re.compile(r"/orders/\w+/$"))
