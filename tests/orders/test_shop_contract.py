"""What every shop behind the port must do; a new adapter adds its stand below."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from mioboe.orders.shops import Answer, NotGenuine, Shop, ShopState, own
from mioboe.people.models import Person
from tests import world

pytestmark = pytest.mark.django_db


@dataclass
class Stand:
    """A shop, and how to bring it into a state that the port cannot: buy, and let a parcel leave."""

    shop: Shop
    buy: Callable[[Person, str], str]  # "film" or "things" (one line of three pieces, one of one); the order's number
    send: Callable[[str], None]
    stock: Callable[[], int]  # of the first thing


def own_shop() -> Stand:
    from mioboe.orders.actions import hand_over, pack
    from mioboe.orders.models import Order, Product

    kettle, mug, film = world.kettle(stock=10), world.kettle(stock=10, slug="mug"), world.film()

    def buy(person: Person, what: str) -> str:
        press = f"press-{Order.objects.count()}"
        wanted = [(film, 1)] if what == "film" else [(kettle, 3), (mug, 1)]
        return world.ordered(person, *wanted, press=press).number

    def send(number: str) -> None:
        parcel = Order.objects.get(number=number).parcels.get()
        assert pack(parcel) and hand_over(parcel)

    return Stand(own, buy, send, lambda: Product.objects.get(pk=kettle.pk).stock or 0)


@pytest.fixture(params=[own_shop], ids=lambda stand: stand.__name__)
def stand(request: Any) -> Stand:
    return request.param()


@pytest.fixture
def hana() -> Person:
    return world.customer()


def test_orders_of_every_kind_are_listed_newest_first(stand, hana):
    film, things = stand.buy(hana, "film"), stand.buy(hana, "things")
    stand.buy(world.customer("ben@customer.example"), "film")
    stand.shop.cancel(film, "key")
    listed = stand.shop.orders_of(hana)
    assert [order.number for order in listed] == [things, film]
    assert [order.state for order in listed] == [ShopState.CONFIRMED, ShopState.CANCELLED]
    assert len(stand.shop.orders_of(hana, most=1)) == 1


def test_an_order_is_found_with_its_lines_and_parcels(stand, hana):
    order = stand.shop.find(stand.buy(hana, "things"))
    assert order and order.can_be_cancelled
    assert [(line.quantity, line.cancelled, line.is_digital) for line in order.lines] == [(3, 0, False), (1, 0, False)]
    assert list(order.parcels.values()) == ["waiting"]
    assert order.total == sum((line.price * line.quantity for line in order.lines[1:]), order.lines[0].price * 3)


@pytest.mark.parametrize("number", ["ZZZZZZZZ", "", "nothing of ours", "0" * 500])
def test_what_the_shop_does_not_know_it_says_so(stand, hana, number):
    shop = stand.shop
    assert shop.find(number) is None
    assert shop.cancel(number, "key") == shop.revoke_access(number, "key") == Answer.UNKNOWN
    assert shop.cancel_lines(number, {"1": 1}, "key") == shop.stop_parcel(number, "1", "key") == Answer.UNKNOWN
    things = stand.buy(hana, "things")
    assert (
        shop.cancel_lines(things, {"999999": 1}, "key") == shop.cancel_lines(things, {"x": 1}, "key") == Answer.UNKNOWN
    )
    assert shop.cancel_lines(things, {"9" * 40: 1}, "key") == shop.cancel_lines(things, {}, "key") == Answer.UNKNOWN
    assert shop.stop_parcel(things, "999999", "key") == shop.stop_parcel(things, "x", "key") == Answer.UNKNOWN


def test_cancelling_may_be_asked_twice_and_happens_once(stand, hana):
    number = stand.buy(hana, "things")
    assert [stand.shop.cancel(number, "key") for _ in range(2)] == [Answer.DONE, Answer.DONE]
    order = stand.shop.find(number)
    assert order and order.state == ShopState.CANCELLED and not order.can_be_cancelled
    assert all(line.cancelled == line.quantity for line in order.lines)
    assert list(order.parcels.values()) == ["stopped"]
    assert stand.stock() == 10


def test_what_has_left_is_too_late_to_cancel_and_nothing_changes(stand, hana):
    number = stand.buy(hana, "things")
    stand.send(number)
    before = stand.shop.find(number)
    assert before and not before.can_be_cancelled
    assert stand.shop.cancel(number, "key") == Answer.TOO_LATE
    assert stand.shop.cancel_lines(number, {before.lines[0].id: 1}, "other") == Answer.TOO_LATE
    assert stand.shop.find(number) == before


def test_pieces_of_a_line_are_cancelled_once_a_key(stand, hana):
    number = stand.buy(hana, "things")
    order = stand.shop.find(number)
    assert order
    line = order.lines[0].id
    assert [stand.shop.cancel_lines(number, {line: 1}, "key") for _ in range(2)] == [Answer.DONE, Answer.DONE]
    changed = stand.shop.find(number)
    assert changed and [each.cancelled for each in changed.lines] == [1, 0]
    assert changed.state == ShopState.CONFIRMED and stand.stock() == 8
    assert stand.shop.cancel_lines(number, {line: 3}, "more than are left") == Answer.TOO_LATE
    assert stand.shop.cancel_lines(number, {line: 2, order.lines[1].id: 1}, "the rest") == Answer.DONE
    ended = stand.shop.find(number)
    assert ended and ended.state == ShopState.CANCELLED and stand.stock() == 10


def test_a_parcel_is_stopped_or_called_back(stand, hana):
    here, gone = stand.buy(hana, "things"), stand.buy(hana, "things")
    stand.send(gone)
    for number, state in ((here, "stopped"), (gone, "called_back")):
        order = stand.shop.find(number)
        assert order
        parcel = next(iter(order.parcels))
        assert [stand.shop.stop_parcel(number, parcel, "key") for _ in range(2)] == [Answer.DONE, Answer.DONE]
        after = stand.shop.find(number)
        assert after and after.parcels[parcel] == state


def test_one_lines_right_is_withdrawn_and_no_other_orders_line(stand, hana):
    film, other = stand.buy(hana, "film"), stand.buy(hana, "film")
    line, foreign = (stand.shop.find(number).lines[0].id for number in (film, other))
    assert stand.shop.revoke_access(film, "key", [foreign]) == Answer.UNKNOWN
    assert stand.shop.revoke_access(film, "key", [line, foreign]) == Answer.UNKNOWN
    assert stand.shop.revoke_access(film, "key", []) == Answer.DONE
    assert stand.shop.find(film).lines[0].can_be_used
    assert [stand.shop.revoke_access(film, "key", [line]) for _ in range(2)] == [Answer.DONE, Answer.DONE]
    assert not stand.shop.find(film).lines[0].can_be_used
    assert stand.shop.find(other).lines[0].can_be_used


def test_access_ends_whether_it_was_used_or_not_and_only_when_asked(stand, hana):
    number = stand.buy(hana, "film")
    stand.shop.cancel(number, "key")
    cancelled = stand.shop.find(number)
    assert cancelled and cancelled.lines[0].can_be_used
    assert [stand.shop.revoke_access(number, "key") for _ in range(2)] == [Answer.DONE, Answer.DONE]
    revoked = stand.shop.find(number)
    assert revoked and not revoked.lines[0].can_be_used
    assert stand.shop.revoke_access(stand.buy(hana, "things"), "key") == Answer.DONE


def test_a_notice_that_is_not_the_shops_is_refused(stand):
    with pytest.raises(NotGenuine):
        stand.shop.read_notice(b'{"order": "K7QM2X9P"}', {"signature": "forged"})


def test_numbers_are_understood_as_people_write_them(stand, hana):
    number = stand.buy(hana, "film")
    found = stand.shop.find(f"{number[:4]}-{number[4:]}".lower())
    assert found and found.number == number
