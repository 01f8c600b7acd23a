"""Cart and check-out beneath the pages: bounds, counts, and what is left when something dies."""

import pytest
from django.utils import timezone

from mioboe.mails.models import Mail
from mioboe.orders.actions import (
    Buyer,
    CartFull,
    NoAddress,
    OfferChanged,
    OneClickOff,
    SoldOut,
    block_one_click,
    buy_with_one_click,
    cart_of,
    check_out,
    forget_old_carts,
    merge_carts,
    offers_of,
    place_order,
    put_back_in_cart,
    put_in_cart,
    remove_from_cart,
)
from mioboe.orders.actions import checkout as checking_out
from mioboe.orders.actions.cart import KEPT_FOR, PUT_BACK_WITHIN
from mioboe.orders.jobs import see_order_through
from mioboe.orders.models import MOST_LINES, Cart, CartLine, HowBought, Kind, Order, OrderState, Product
from mioboe.payments.models import Charge
from mioboe.people.models import Person
from tests import world

pytestmark = pytest.mark.django_db

# BEGIN and COMMIT count as savepoints of the test’s own transaction. 1 one click, locked, with card, address and whether to ask first; 2 the
# product; 3 bought lately?; 4 order; 5 line, charge and trail; 6 stock.
QUERIES_OF_A_PRESS = 6 + 2
# The same with 1 the cart, locked; 2 its lines; 3 whether to ask the customer first; and for each order: order; lines, charge and trail; cart lines held.
QUERIES_OF_A_CART = 3 + 3 + 1 + 2


def thing(number: int) -> Product:
    return world.kettle(stock=99) if number == 0 else _copy(number)


def _copy(number: int) -> Product:
    product = Product.objects.get(slug="kettle")
    product.pk, product.slug = None, f"kettle-{number}"
    product.save()
    return product


def customer_with(*products: Product) -> tuple[Cart, Buyer, list[str]]:
    hana = world.customer()
    cart = cart_of(hana)
    for product in products:
        put_in_cart(cart, product)
    buyer = Buyer(hana, HowBought.CART, hana.cards.get(), world.destination())
    return cart, buyer, [one.seen for one in offers_of(cart, buyer.destination, timezone.now())]


def test_a_press_is_one_transaction_of_few_statements(django_assert_num_queries):
    hana, kettle = world.customer(), world.kettle(stock=5)
    seen = world.seen(kettle)
    with django_assert_num_queries(QUERIES_OF_A_PRESS):
        place_order(hana, kettle, "the-press", None, seen, "")


def test_a_cart_takes_one_statement_more_a_line(django_assert_num_queries):
    cart, buyer, seen = customer_with(*[thing(number) for number in range(5)])
    with django_assert_num_queries(QUERIES_OF_A_CART + 4):
        checking_out._place(cart, buyer, "the-press", seen)


def test_a_cart_holds_fifty_things():
    cart, _, _ = customer_with(*[thing(number) for number in range(MOST_LINES)])
    with pytest.raises(CartFull):
        put_in_cart(cart, _copy(MOST_LINES))
    remove_from_cart(cart, Product.objects.get(slug="kettle-1"))
    put_in_cart(cart, Product.objects.get(slug=f"kettle-{MOST_LINES}"))
    with pytest.raises(CartFull):
        put_back_in_cart(cart, Product.objects.get(slug="kettle-1"))


def test_after_ten_minutes_a_removed_line_is_gone():
    kettle = thing(0)
    cart, _, _ = customer_with(kettle)
    remove_from_cart(cart, kettle)
    CartLine.objects.update(removed_at=timezone.now() - PUT_BACK_WITHIN)
    assert not put_back_in_cart(cart, kettle)


def test_a_full_cart_says_how_many_found_no_room():
    goods = [thing(number) for number in range(MOST_LINES)]
    visitor = Cart.objects.create()
    hana = world.customer()
    for product in goods:
        put_in_cart(cart_of(hana), product)
    for number in (60, 61):
        put_in_cart(visitor, _copy(number))
    put_in_cart(visitor, goods[3])
    assert merge_carts(visitor, hana) == 2
    assert CartLine.objects.get(product=goods[3]).quantity == 2
    assert Cart.objects.count() == 1


def test_visitors_carts_are_forgotten_after_thirty_days_and_no_others():
    cart, _, _ = customer_with(thing(0))
    old, new = Cart.objects.create(), Cart.objects.create()
    Cart.objects.exclude(pk=new.pk).update(changed_at=timezone.now() - KEPT_FOR)
    assert forget_old_carts() == 1
    assert forget_old_carts() == 0
    assert set(Cart.objects.all()) == {cart, new} and old not in Cart.objects.all()


def test_a_parcel_without_an_address_is_not_bought():
    cart, buyer, seen = customer_with(thing(0))
    with pytest.raises(NoAddress):
        check_out(cart, Buyer(buyer.person, buyer.how, buyer.card), "the-press", seen)
    assert not Order.objects.exists()


def test_whatever_was_seen_the_price_is_the_shops():
    kettle = thing(0)
    cart, buyer, _ = customer_with(kettle)
    for lie in ([f"{kettle.pk}:1:1:0"], [f"{kettle.pk}:1:-4800:0"], [], ["x"], [f"{kettle.pk}:2:4800:0"]):
        with pytest.raises(OfferChanged):
            check_out(cart, buyer, "the-press", lie)
    assert not Order.objects.exists() and Product.objects.get().stock == 99


def test_the_process_dies_after_the_first_of_two_orders_is_paid(monkeypatch):
    cart, buyer, seen = customer_with(world.film(), thing(0))
    real, calls = checking_out.finish_order, []

    def die_at_the_second(order: Order) -> None:
        calls.append(order)
        if len(calls) == 2:
            raise SystemExit
        real(order)

    monkeypatch.setattr(checking_out, "finish_order", die_at_the_second)
    with pytest.raises(SystemExit):
        check_out(cart, buyer, "the-press", seen)
    monkeypatch.undo()
    assert list(Order.objects.order_by("pk").values_list("state", flat=True)) == ["confirmed", "placed"]
    for order in Order.objects.all():
        see_order_through.func(order_id=order.pk)
    assert not Order.objects.exclude(state=OrderState.CONFIRMED).exists()
    assert Charge.objects.count() == Mail.objects.filter(kind="order_confirmed").count() == 2
    assert not CartLine.objects.exists()
    assert [order.state for order in check_out(cart, buyer, "the-press", seen)] == ["confirmed", "confirmed"]


def test_the_process_dies_between_the_payment_and_the_confirmation(monkeypatch):
    from mioboe.orders.actions import buying

    hana, kettle = world.customer(), world.kettle(stock=3)

    def die(order: Order) -> None:
        raise SystemExit

    monkeypatch.setattr(buying, "_confirm", die)
    with pytest.raises(SystemExit):
        buy_with_one_click(hana, kettle, "the-press", None)
    monkeypatch.undo()
    # The buyer presses again: the same order, the same charge.
    order = buy_with_one_click(hana, kettle, "the-press", None)
    assert order.state == OrderState.CONFIRMED
    see_order_through.func(order_id=order.pk)
    assert Charge.objects.count() == Mail.objects.filter(kind="order_confirmed").count() == 1
    assert Product.objects.get().stock == 2


def test_a_press_that_has_bought_answers_its_order_whatever_happened_since():
    hana, kettle = world.customer(), world.kettle(stock=1)
    seen = world.seen(kettle)
    order = buy_with_one_click(hana, kettle, "the-press", None, seen, "")
    block_one_click(hana)
    Product.objects.update(price=1)
    assert buy_with_one_click(hana, kettle, "the-press", None, seen, "") == order
    with pytest.raises(OneClickOff):
        buy_with_one_click(hana, kettle, "another-press", None)


def test_a_declined_line_is_not_doubled_where_it_was_put_in_again(monkeypatch):
    kettle = thing(0)
    cart, buyer, seen = customer_with(kettle)
    monkeypatch.setattr(checking_out, "finish_order", lambda order: None)
    (order,) = check_out(cart, buyer, "the-press", seen)
    put_in_cart(cart, kettle, 3)
    Charge.objects.update(state="declined")
    see_order_through.func(order_id=order.pk)
    assert CartLine.objects.get().quantity == 3
    assert Order.objects.get().state == OrderState.DECLINED and Product.objects.get().stock == 99


def test_more_than_there_is_cannot_be_had():
    kettle = thing(0)
    cart, buyer, _ = customer_with(kettle)
    put_in_cart(cart, kettle, 4)
    Product.objects.update(stock=4)
    seen = [one.seen for one in offers_of(cart, buyer.destination, timezone.now())]
    with pytest.raises((OfferChanged, SoldOut)):
        check_out(cart, buyer, "the-press", seen)
    assert Product.objects.get(kind=Kind.PARCEL).stock == 4


def test_a_guest_is_one_person_however_the_address_is_written():
    from mioboe.orders.actions import person_for_guest

    first = person_for_guest("Gen@Visitor.example", "en")
    assert first == person_for_guest(" gen@visitor.EXAMPLE ", "ja") == Person.objects.get()
    assert not first.has_usable_password()
