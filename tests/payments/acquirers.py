"""The gateways as their contract's tests see them: one port, and what can be made to go wrong behind it."""

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from mioboe.payments.gateways import gateway
from mioboe.payments.gateways.till import keys, misbehaving
from mioboe.payments.gateways.till.models import Payment, Return, Rule
from tests import world
from tests.doubles.stripe_double import KEY, SECRET, StripeDouble


class Acquirer(Protocol):
    fine: str
    declined: str

    def next_time(self, verb: str, trouble: str) -> None: ...
    def forget_keys(self) -> None: ...
    def payments(self) -> int: ...
    def refunds(self) -> list[int]: ...
    def settle(self) -> None: ...
    def enter_card(self, address: str) -> str: ...


class Till:
    fine, declined = "tok-fine", "tok-declined"

    def next_time(self, verb: str, trouble: str) -> None:
        misbehaving.next_time(verb, Rule.What(trouble))

    def forget_keys(self) -> None:
        keys.forget()

    def payments(self) -> int:
        return Payment.objects.count()

    def refunds(self) -> list[int]:
        return list(Return.objects.exclude(state=Return.State.FAILED).values_list("amount", flat=True))

    def settle(self) -> None:
        world.settle_refunds()

    def enter_card(self, address: str) -> str:
        from django.test import Client

        path = "/" + address.split("/", 3)[3]
        back = Client().post(path, {"number": "4242 4242 4242 4242", "expires": "09/29"})
        return back["Location"].split("card=")[1]


class Stripe:
    fine, declined = "cus_hana/pm_card_visa", "cus_hana/pm_card_chargeDeclined"
    _paths = {"authorise": "payment_intents", "capture": "/capture", "void": "/cancel", "refund": "refunds"}

    def __init__(self, double: StripeDouble) -> None:
        self.double = double

    def next_time(self, verb: str, trouble: str) -> None:
        self.double.next_time(self._paths[verb], trouble)

    def forget_keys(self) -> None:
        self.double.forget_keys()

    def payments(self) -> int:
        return len(self.double.intents)

    def refunds(self) -> list[int]:
        return [each["amount"] for each in self.double.refunds.values() if each["status"] != "failed"]

    def settle(self) -> None:
        from mioboe.payments.gateways.stripe.events import handle
        from mioboe.payments.models import GatewayEvent

        for ref in list(self.double.refunds):
            self.double.settle(ref)
            handle(GatewayEvent(event_id="evt", kind="refund.updated", about=ref))

    def enter_card(self, address: str) -> str:
        ref = address.rsplit("/", 1)[1]
        self.double.enter_card(ref)
        return ref


@pytest.fixture
def stripe_double(settings: Any) -> Iterator[StripeDouble]:
    with StripeDouble() as double:
        settings.MIOBOE_GATEWAY = "stripe"
        settings.MIOBOE_STRIPE_KEY, settings.MIOBOE_STRIPE_WEBHOOK_SECRET = KEY, SECRET
        settings.MIOBOE_STRIPE_BASE = double.base
        settings.MIOBOE_OUTSIDE_LIMIT_S = 0.5
        yield double


@pytest.fixture(params=["till", "stripe"])
def acquirer(request: pytest.FixtureRequest, db: None) -> Acquirer:
    if request.param == "till":
        return Till()
    return Stripe(request.getfixturevalue("stripe_double"))


@pytest.fixture
def port(acquirer: Acquirer) -> Any:
    return gateway()
