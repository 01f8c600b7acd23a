"""Approval before the payment: nothing is charged, sent or shown until the customer has said yes, and then exactly once."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as some
from moneyed import JPY, Money

from mioboe.mails.later import finish_words
from mioboe.mails.models import Mail
from mioboe.orders.actions import (
    Buyer,
    JustBought,
    NotWaiting,
    TooManyWaiting,
    Wish,
    WrongCode,
    approve_by_code,
    approve_order,
    approving,
    buy_with_one_click,
    cancel_order,
    cart_of,
    check_out,
    hold_order,
    lapse_approvals,
    offers_of,
    orders_left_over,
    put_in_cart,
    refuse_order,
    that_can_be_held,
    why_to_approve,
)
from mioboe.orders.jobs import see_order_through
from mioboe.orders.models import (
    Access,
    Approval,
    ApprovalChoice,
    ApproveWhen,
    CartLine,
    HowBought,
    Order,
    Parcel,
    Product,
    Why,
)
from mioboe.payments.models import Card, Charge
from mioboe.people.models import Person
from mioboe.signins import actions as signins
from mioboe.signins.models import SignIn
from tests import world
from tests.api.programs import CHROME, HOME, IPHONE

pytestmark = pytest.mark.django_db


def customer(when: ApproveWhen = ApproveWhen.UNFAMILIAR, above: int = 0) -> Person:
    person = world.customer()
    ApprovalChoice.objects.filter(person=person).update(when=when, above=above)
    return Person.objects.get(pk=person.pk)


def own_sign_in(person: Person) -> SignIn:
    """On the customer's own device; the first is where the history begins."""
    return signins.note_sign_in(person, HOME, CHROME, "own", "").sign_in


def strange_sign_in(person: Person) -> SignIn:
    own_sign_in(person)
    return signins.note_sign_in(person, "8.8.8.8", IPHONE, "strange", "").sign_in


def held(product: Product | None = None) -> Order:
    """A kettle, bought from a device that the customer does not know."""
    hana = customer()
    return buy_with_one_click(hana, product or world.kettle(stock=3), "the-press", strange_sign_in(hana))


def code_of(order: Order) -> str:
    """From the mail, as the customer reads it."""
    mail = Mail.objects.filter(kind="approve_order", about__contains=[order.ref]).latest("pk")
    finish_words(mail)
    return re.search(r"^\d{6}$", mail.text, re.M)[0]


def kinds() -> list[str]:
    """But for the notice of the unusual sign-in, which goes out, too."""
    return list(Mail.objects.exclude(kind="sign_in_notice").order_by("pk").values_list("kind", flat=True))


def test_nothing_is_charged_sent_or_shown_before():
    order = held()
    assert order.state == "waiting" and order.approval.why == Why.DEVICE
    assert not Charge.objects.exists() and not Parcel.objects.exists() and not Access.objects.exists()
    assert Product.objects.get().stock == 2
    assert kinds() == ["approve_order"]
    assert orders_left_over() == []


def test_approved_it_goes_the_way_of_every_other_and_once():
    order = held()
    assert approve_order(order, "link").state == "confirmed"
    assert approve_order(Order.objects.get(), "code").state == "confirmed"
    assert Charge.objects.get().amount == order.total and Parcel.objects.count() == 1
    assert kinds() == ["approve_order", "order_confirmed"]
    assert Approval.objects.get().how == "link"
    with pytest.raises(NotWaiting):
        refuse_order(Order.objects.get())


def test_a_film_is_watchable_only_then():
    order = held(world.film())
    assert not Access.objects.exists()
    approve_order(order, "link")
    assert Access.objects.count() == 1 and Charge.objects.get().state == "captured"


def test_a_card_that_is_declined_then_puts_the_stock_back():
    order = held()
    Card.objects.update(token="tok-declined")
    assert approve_order(Order.objects.get(pk=order.pk), "link").state == "declined"
    assert Product.objects.get().stock == 3


def test_refused_it_is_off_and_the_stock_is_back():
    order = held()
    assert refuse_order(order) and not refuse_order(Order.objects.get())
    assert Product.objects.get().stock == 3 and not Charge.objects.exists()
    with pytest.raises(NotWaiting):
        approve_order(Order.objects.get(), "link")


def test_the_agents_remedy_cancels_what_waits():
    assert cancel_order(held()) and cancel_order(Order.objects.get())
    assert Order.objects.get().state == "refused" and Product.objects.get().stock == 3


def test_nobody_approves_in_time_it_lapses_with_a_mail():
    order = held()
    assert lapse_approvals() == 0
    Approval.objects.update(expires_at=timezone.now())
    assert lapse_approvals() == 1 and lapse_approvals() == 0
    order.refresh_from_db()
    assert order.state == "lapsed" and Product.objects.get().stock == 3
    assert kinds() == ["approve_order", "approval_lapsed"]


def test_too_late_is_too_late_though_no_job_has_looked():
    order = held()
    Approval.objects.update(expires_at=timezone.now())
    with pytest.raises(NotWaiting):
        approve_order(order, "link")
    assert Order.objects.get().state == "lapsed" and not Charge.objects.exists()


def test_a_crash_between_the_yes_and_the_charge_is_made_good_once():
    order = held()
    assert approving._approve(order, "link")  # and here the process dies
    Order.objects.update(placed_at=timezone.now() - timedelta(minutes=1))
    assert orders_left_over() == [order.pk]
    for _ in range(2):
        see_order_through.func(order.pk)
    approve_order(Order.objects.get(), "link")
    assert Order.objects.get().state == "confirmed"
    assert Charge.objects.get().state == "authorised" and kinds() == ["approve_order", "order_confirmed"]


def test_the_same_film_pressed_twice_is_asked_about():
    hana = customer()
    film, sign_in = world.film(), strange_sign_in(hana)
    buy_with_one_click(hana, film, "press-one", sign_in, knows="")
    with pytest.raises(JustBought):
        buy_with_one_click(hana, film, "press-two", sign_in, knows="")


def test_no_more_than_ten_wait_at_a_time():
    hana = customer(ApproveWhen.ALWAYS)
    kettle = world.kettle(stock=20)
    orders = [buy_with_one_click(hana, kettle, f"press-{number}", None) for number in range(10)]
    with pytest.raises(TooManyWaiting):
        buy_with_one_click(hana, kettle, "press-more", None)
    assert Product.objects.get().stock == 10 and len(kinds()) == 10
    refuse_order(orders[0])
    assert buy_with_one_click(hana, kettle, "press-more", None).state == "waiting"


class TestCode:
    def test_the_code_of_the_mail_approves(self):
        order = held()
        code = code_of(order)
        assert approve_by_code(order, f" {code[:3]} {code[3:]} ").state == "confirmed"

    def test_full_width_digits_are_digits(self):
        order = held()
        assert (
            approve_by_code(order, code_of(order).translate(str.maketrans("0123456789", "０１２３４５６７８９"))).state
            == "confirmed"
        )

    def test_after_five_wrong_ones_the_right_one_is_none(self):
        order = held()
        code = code_of(order)
        wrong = "000000" if code != "000000" else "111111"
        for left in (4, 3, 2, 1, 0):
            with pytest.raises(WrongCode) as raised:
                approve_by_code(order, wrong)
            assert raised.value.left == left
        with pytest.raises(WrongCode):
            approve_by_code(order, code)
        assert Order.objects.get().state == "waiting"
        assert approve_order(order, "link").state == "confirmed"

    @pytest.mark.parametrize("typed", ["", "abc", "\0", "²" * 6, "1" * 500, "00000"])
    def test_before_a_mail_is_written_no_code_is_right(self, typed):
        with pytest.raises(WrongCode):
            approve_by_code(held(), typed)

    def test_it_is_not_kept_as_it_is(self):
        order = held()
        assert code_of(order) not in Approval.objects.get().code_digest

    def test_another_orders_code_is_none_here(self):
        hana = customer(ApproveWhen.ALWAYS)
        first, second = (
            buy_with_one_click(hana, world.film(slug), f"press-{slug}", None) for slug in ("one-film", "two-film")
        )
        code, other = code_of(first), code_of(second)
        if code != other:
            with pytest.raises(WrongCode):
                approve_by_code(second, code)


class TestCart:
    def buyer(self) -> tuple[Buyer, list[str]]:
        hana = customer()
        cart = cart_of(hana)
        for product in (world.film(), world.kettle(stock=3)):
            put_in_cart(cart, product)
        buyer = Buyer(hana, HowBought.CART, hana.cards.get(), world.destination(), sign_in=strange_sign_in(hana))
        return buyer, [one.seen for one in offers_of(cart, buyer.destination, timezone.now())]

    def test_both_orders_of_a_press_wait(self):
        buyer, seen = self.buyer()
        orders = check_out(cart_of(buyer.person), buyer, "the-press", seen)
        assert [order.state for order in orders] == ["waiting", "waiting"] and not Charge.objects.exists()
        assert [order.state for order in check_out(cart_of(buyer.person), buyer, "the-press", seen)] == ["waiting"] * 2
        for order in orders:
            approve_order(order, "link")
        assert Charge.objects.count() == 2 and not CartLine.objects.exists()

    def test_lapsed_it_is_in_the_cart_again_and_refused_it_is_not(self):
        buyer, seen = self.buyer()
        film, kettle = check_out(cart_of(buyer.person), buyer, "the-press", seen)
        refuse_order(film)
        Approval.objects.update(expires_at=timezone.now())
        lapse_approvals()
        assert [line.product.slug for line in CartLine.objects.filter(order=None)] == ["kettle"]
        assert CartLine.objects.count() == 1 and Product.objects.get(slug="kettle").stock == 3
        assert Order.objects.get(pk=kettle.pk).state == "lapsed"

    def test_the_amount_of_the_whole_press_counts(self):
        hana = customer(ApproveWhen.NEVER, above=5000)
        cart = cart_of(hana)
        for product in (world.film(price=500), world.kettle(stock=3)):
            put_in_cart(cart, product)
        buyer = Buyer(hana, HowBought.CART, hana.cards.get(), world.destination())
        seen = [one.seen for one in offers_of(cart, buyer.destination, timezone.now())]
        orders = check_out(cart, buyer, "the-press", seen)
        assert {order.approval.why for order in orders} == {Why.AMOUNT}

    def test_a_guest_is_not_asked(self):
        buyer, seen = self.buyer()
        ApprovalChoice.objects.update(when=ApproveWhen.ALWAYS)
        guest = Buyer(buyer.person, HowBought.GUEST, buyer.card, buyer.destination)
        orders = check_out(cart_of(buyer.person), guest, "the-press", seen)
        assert [order.state for order in orders] == ["confirmed", "confirmed"]


class TestDevice:
    def test_the_customers_own_device_is_not_asked_about(self):
        hana = customer()
        assert why_to_approve(hana.approval_choice, Money(500, JPY), own_sign_in(hana)) is None

    def test_a_session_without_a_sign_in_is(self):
        assert why_to_approve(None, Money(500, JPY), None) == Why.NO_SIGN_IN

    def test_a_device_that_the_customer_has_made_known_is_not(self):
        hana = customer()
        sign_in = strange_sign_in(hana)
        assert why_to_approve(None, Money(500, JPY), sign_in) == Why.DEVICE
        signins.know_device(sign_in.device)
        sign_in.device.refresh_from_db()
        assert why_to_approve(None, Money(500, JPY), sign_in) is None

    def test_a_device_that_was_removed_is(self):
        hana = customer()
        sign_in = own_sign_in(hana)
        signins.revoke_devices(hana)
        sign_in.device.refresh_from_db()
        assert why_to_approve(None, Money(500, JPY), sign_in) == Why.DEVICE


wishes = some.builds(
    Wish, some.sampled_from(ApproveWhen), some.none() | some.integers(1, 4).map(lambda thousands: thousands * 1000)
)
usual = SignIn(is_familiar=True)
unusual = SignIn(is_familiar=False)


def as_choice(wish: Wish) -> ApprovalChoice:
    return ApprovalChoice(when=wish.when, above=Money(wish.above or 0, JPY))


@given(before=wishes, after=wishes)
@how(max_examples=300, deadline=None, derandomize=True, database=None)
def test_laxer_is_exactly_what_lets_something_through_that_was_asked_about(before, after):
    lets_through = any(
        why_to_approve(as_choice(before), Money(total, JPY), sign_in)
        and not why_to_approve(as_choice(after), Money(total, JPY), sign_in)
        for total in (500, 1000, 2000, 3000, 4000, 10**9)
        for sign_in in (usual, unusual, None)
    )
    assert after.is_laxer_than(before) == lets_through
    assert Wish.read(after.text) == after


def test_whoever_says_it_was_somebody_else_has_no_order_left_that_waits():
    order = held()
    assert can_be_held(order)
    assert hold_order(order, "case:X")
    order.refresh_from_db()
    assert order.state == "refused" and Product.objects.get().stock == 3
    with pytest.raises(NotWaiting):
        approve_order(order, "link")
    assert not Charge.objects.exists() and not can_be_held(order)


def can_be_held(order: Order) -> bool:
    return that_can_be_held(Order.objects.filter(pk=order.pk)).exists()
