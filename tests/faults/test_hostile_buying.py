"""Forms that no page of ours ever made: whatever they say, nobody gets an error page, free goods or money back by buying."""

from contextlib import contextmanager, suppress

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, Sum
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mioboe.orders.models import CartLine, Kind, Line, Order, Product
from mioboe.payments.gateways import Payment
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.models import Charge
from tests import world

STOCK = 50
PRICES = {"kettle": 4800, "falling-stars": 500}

numbers = st.one_of(
    st.integers(), st.integers(-3, 30), st.sampled_from([2**15, 2**31, 2**63, 10**400, -(10**400)])
).map(str)
words = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            "\x00",
            "1\x00",
            "' OR 1=1 --",
            "NaN",
            "Infinity",
            "-0",
            "1e9",
            "0x10",
            "１２",
            "٣",
            "\u2028",
            "\ud7ff",
            "<script>",
            "0.01",
        ]
    ),
)
anything = st.one_of(numbers, words)
product_ids = st.one_of(st.sampled_from(["KETTLE", "FILM"]), anything)
# product:pieces:price:promise, each part right or not
seen = st.lists(
    st.one_of(
        st.tuples(
            product_ids, anything, st.one_of(st.sampled_from(["4800", "500", "0", "1", "-4800"]), anything), anything
        )
        .map(list)
        .map(":".join),
        anything,
    ),
    max_size=4,
)
form = st.fixed_dictionaries(
    {"seen": seen},
    optional={
        "press": st.one_of(st.text("abcDEF019_-", min_size=8, max_size=30), anything),
        "price": anything,
        "total": anything,
        "amount": anything,
        "currency": st.sampled_from(["USD", "JPY", "XXX", "", "\x00"]),
        "quantity": anything,
        "card": anything,
        "address": st.one_of(st.just("new"), anything),
        "knows": anything,
        "sure": anything,
        "mail": st.one_of(st.emails(), anything),
        "recipient": anything,
        "postcode": st.one_of(st.just("1500001"), anything),
        "prefecture": st.one_of(st.just("Tokyo"), anything),
        "street": anything,
        "is_on": anything,
        "hold_to_buy": anything,
        "next": anything,
    },
)
paths = st.sampled_from(
    [
        "/goods/kettle/buy/",
        "/goods/falling-stars/buy/",
        "/goods/nothing/buy/",
        "/cart/kettle/add/",
        "/cart/falling-stars/add/",
        "/cart/kettle/change/",
        "/cart/kettle/remove/",
        "/cart/kettle/put-back/",
        "/cart/nothing/add/",
        "/checkout/",
        "/checkout/guest/",
        "/settings/buying/",
        "/settings/addresses/new/",
        "/settings/addresses/99999999999999999999999999/remove/",
        "/settings/cards/99999999999999999999999999/remove/",
    ]
)
visits = st.sampled_from(
    ["/cart/", "/checkout/", "/checkout/guest/", "/settings/buying/", "/settings/cards/entered/?card=%00"]
)


hostile_acts = st.tuples(paths, form, st.booleans())
# A press that would buy, with one field of it spoiled or none.
true_acts = st.tuples(
    st.sampled_from(["/goods/kettle/buy/", "/goods/falling-stars/buy/", "/checkout/"]),
    st.dictionaries(
        st.sampled_from(["knows", "sure", "card", "address", "seen", "price", "quantity"]), anything, max_size=1
    ),
)


class Shop:
    """The shop, with a customer and a visitor whose browsers show a server's error as the 500 that it is."""

    def __init__(self) -> None:
        self.hana = world.customer()
        self.kettle, self.film = world.kettle(STOCK), world.film()
        self.client, self.visitor = (
            Client(headers={"accept-language": "en"}, raise_request_exception=False) for _ in range(2)
        )
        self.client.force_login(self.hana)
        self.client.post("/cart/kettle/add/", {"quantity": 2})

    def send(self, path: str, told: dict, is_visitor: bool) -> None:
        ids = {"KETTLE": str(self.kettle.pk), "FILM": str(self.film.pk)}
        shown = [":".join(ids.get(part, part) for part in text.split(":")) for text in told["seen"]]
        answer = (self.visitor if is_visitor else self.client).post(path, told | {"seen": shown})
        assert answer.status_code < 500, (path, told)

    def press_truly(self, path: str, spoiled: dict, number: int) -> None:
        if path == "/checkout/":
            shown = [
                world.seen(line.product, line.quantity)
                for line in CartLine.objects.filter(order=None, removed_at=None, cart__person=self.hana)
            ]
        else:
            product = self.kettle if "kettle" in path else self.film
            shown = [world.seen(product)]
        answer = self.client.post(path, {"press": f"a-true-press-{number}", "seen": shown} | spoiled)
        assert answer.status_code < 500, (path, spoiled)

    def nobody_was_cheated(self) -> None:
        assert not Order.objects.filter(total__lte=0).exists()
        assert not Line.objects.filter(Q(quantity__lt=1) | Q(quantity__gt=20)).exists()
        for line in Line.objects.select_related("product"):
            assert int(line.price.amount) == PRICES[line.product.slug] and line.price.currency.code == "JPY"
        for order in Order.objects.prefetch_related("lines"):
            assert int(order.total.amount) == sum(int(line.amount.amount) for line in order.lines.all()) > 0
            charge = Charge.objects.get(reference=order.ref)
            assert (charge.amount, charge.person_id) == (order.total, order.customer_id)
            assert order.card.person_id == order.customer_id
        sold = Line.objects.filter(product=self.kettle, order__state__in=("placed", "confirmed"))
        pieces = sold.aggregate(pieces=Sum("quantity"))["pieces"] or 0
        assert Product.objects.get(pk=self.kettle.pk).stock == STOCK - pieces
        assert not CartLine.objects.filter(product__kind=Kind.FILM, quantity__gt=1).exists()


class _Undone(Exception):
    """Ends an example's transaction."""


@pytest.mark.django_db
def test_no_form_breaks_the_shop_or_cheats_it():
    bought: list[int] = []
    shop = Shop()

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.one_of(hostile_acts, true_acts), min_size=1, max_size=8), visits)
    def try_it(acts, visit):
        with suppress(_Undone), transaction.atomic():
            cache.clear()
            for number, act in enumerate(acts):
                if len(act) == 3:
                    shop.send(*act)
                else:
                    shop.press_truly(*act, number)
            for browser in (shop.client, shop.visitor):
                assert browser.get(visit).status_code < 500
            shop.nobody_was_cheated()
            bought.append(Order.objects.count())
            raise _Undone

    # The till keeps books of its own and refuses to take part in anybody's transaction; here everything is in one.
    with without_a_bank():
        try_it()
    assert sum(bought) >= len(bought) / 2, "the examples hardly ever bought anything: they prove nothing"


@contextmanager
def without_a_bank():
    """A gateway that says yes, in the place of the till."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            till,
            "authorise",
            lambda key, token, amount, reference, capture_now: Payment(
                f"pay-{key}", "captured" if capture_now else "authorised", amount
            ),
        )
        yield


@pytest.mark.django_db
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.text(max_size=12))
def test_no_number_of_an_order_breaks_its_page(number):
    from urllib.parse import quote

    answer = Client(raise_request_exception=False).get(f"/checkout/done/{quote(number, safe='')}/")
    assert answer.status_code in (301, 400 if "\0" in number else 404)
