"""What is Stripe's own, beyond the contract."""

import subprocess
import sys

import pytest
from moneyed import JPY, USD, Money

from mioboe.payments.gateways import Declined, Unsure, gateway
from tests.payments.acquirers import Stripe

pytestmark = pytest.mark.django_db


def pay(key: str = "pay", token: str = Stripe.fine, amount: Money | None = None):
    return gateway().authorise(key, token, amount or Money(500, JPY), "order:X", True)


@pytest.mark.parametrize("trouble", ["busy", "limited", "broken"])
def test_a_stripe_that_is_busy_is_asked_again_later(stripe_double, trouble):
    stripe_double.next_time("payment_intents", trouble)
    with pytest.raises(Unsure):
        pay()
    assert pay().state == "captured"


def test_a_wrong_key_of_the_operators_takes_nothing_and_can_be_mended(stripe_double, settings):
    right, settings.MIOBOE_STRIPE_KEY = settings.MIOBOE_STRIPE_KEY, "sk_test_wrong"
    with pytest.raises(Unsure, match="MIOBOE_STRIPE_KEY"):
        pay()
    settings.MIOBOE_STRIPE_KEY = right
    assert pay().state == "captured"


def test_a_payment_that_was_declined_is_found_declined(stripe_double):
    for _ in range(2):
        with pytest.raises(Declined, match="card_declined"):
            pay(token=Stripe.declined)
    stripe_double.forget_keys()
    with pytest.raises(Declined, match="card_declined"):
        gateway().find_payment("pay", Stripe.declined)
    assert len(stripe_double.intents) == 1


def test_what_is_looked_for_is_found_on_a_later_page(stripe_double):
    first = pay("the first")
    for number in range(101):
        pay(f"later {number}")
    assert gateway().find_payment("the first", Stripe.fine) == first


def test_an_amount_in_another_currency_is_refused_before_anything_is_asked(stripe_double):
    with pytest.raises(Declined):
        pay(amount=Money(5, USD))
    assert stripe_double.asked == []


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({}, "MIOBOE_STRIPE_KEY"),
        ({"MIOBOE_STRIPE_KEY": "pk_live_1"}, "MIOBOE_STRIPE_KEY"),
        ({"MIOBOE_STRIPE_KEY": "sk_test_1"}, "MIOBOE_STRIPE_WEBHOOK_SECRET"),
        (
            {
                "MIOBOE_STRIPE_KEY": "sk_test_1",
                "MIOBOE_STRIPE_WEBHOOK_SECRET": "whsec_1",
                "MIOBOE_STRIPE_BASE": "http://stripe.example",
            },
            "MIOBOE_STRIPE_BASE",
        ),
    ],
)
def test_wrong_settings_stop_the_start_with_one_line(facts, named, tmp_path):
    environment = {
        "MIOBOE_GATEWAY": "stripe",
        "MIOBOE_DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgres://x@127.0.0.1/x",
    }
    done = subprocess.run(
        [sys.executable, "-m", "mioboe", "check"], env=environment | facts, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert named in done.stderr and len(done.stderr.splitlines()) == 1
