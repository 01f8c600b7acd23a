import time

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from mioboe.api.jobs import handle_gateway_event
from mioboe.cases.models import Case
from mioboe.mails.models import Mail
from mioboe.orders.models import Order, OrderState
from mioboe.payments.actions import ask_charge, carry_out_charge, refund
from mioboe.payments.gateways import Unsure
from mioboe.payments.ledger_check import differences
from mioboe.payments.models import Card, Charge, ChargeState, Dispute, GatewayEvent, RefundState
from mioboe.trail.models import Entry
from tests import world
from tests.payments.acquirers import stripe_double

__all__ = ["stripe_double"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def order(stripe_double) -> Order:
    order = world.bought(world.customer(token="cus_hana/pm_card_visa"))
    assert order.state == OrderState.CONFIRMED
    stripe_double.events.clear()
    return order


def tell(client, event: tuple[bytes, str]) -> int:
    body, signature = event
    headers = {"Stripe-Signature": signature}
    return client.post("/api/v1/webhooks/stripe", body, content_type="application/json", headers=headers).status_code


def test_a_refund_that_settled_is_noted_and_mailed_once_however_often_it_is_told(order, stripe_double, client):
    charge = Charge.objects.get()
    given = refund(charge, charge.amount, "key")
    assert given.state == RefundState.PENDING
    stripe_double.settle(given.gateway_ref)
    for event in stripe_double.events * 2:
        assert tell(client, event) == 204
    assert not Mail.objects.filter(kind="refund_complete").exists(), "it answers fast and acts later"
    act()
    given.refresh_from_db()
    assert given.state == RefundState.SETTLED
    mail = Mail.objects.get(kind="refund_complete")
    for words in (f"{order.number[:4]}-{order.number[4:]}", "Visa", "4242", "¥500", f"/orders/{order.number}/"):
        assert words in mail.text and words in mail.html
    assert list(differences()) == []


def act() -> None:
    """Runs the jobs that the events deferred; each was deferred once."""
    jobs = ProcrastinateJob.objects.filter(task_name="api.handle_gateway_event").values_list(
        "args__event_id", flat=True
    )
    assert sorted(jobs) == sorted(GatewayEvent.objects.values_list("pk", flat=True))
    for event in GatewayEvent.objects.filter(handled_at=None):
        handle_gateway_event.func(event_id=event.pk)


def test_a_refund_that_failed_is_noted(order, stripe_double, client):
    charge = Charge.objects.get()
    given = refund(charge, charge.amount, "key")
    stripe_double.fail(given.gateway_ref)
    for event in stripe_double.events:
        tell(client, event)
    act()
    given.refresh_from_db()
    assert (given.state, given.problem) == (RefundState.FAILED, "lost_or_stolen_card")
    charge.refresh_from_db()
    assert charge.left == charge.amount


def test_a_dispute_opens_a_case_about_its_order_once(order, stripe_double, client):
    ref = stripe_double.dispute(Charge.objects.get().gateway_ref, "unrecognized")
    stripe_double.set_dispute(ref, "under_review")
    for event in stripe_double.events * 2:
        assert tell(client, event) == 204
    act()
    case = Case.objects.get()
    assert (case.order, case.customer) == (order, order.customer)
    assert not case.proofs.exists(), "a bank's word proves nothing about who is at our door"
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.reason) == (order.total, "unrecognized") and dispute.due_at
    assert Entry.objects.filter(verb="dispute.opened", about__contains=[order.ref]).count() == 1
    client.force_login(world.agent())
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert 'data-dispute="open"' in page and "unrecognized" in page
    stripe_double.set_dispute(ref, "lost")
    tell(client, stripe_double.events[-1])
    act()
    dispute.refresh_from_db()
    assert dispute.state == "lost"


@pytest.mark.parametrize("forged", ["body", "secret", "old", "no signature", "no json"])
def test_what_stripe_did_not_sign_just_now_is_refused(order, stripe_double, client, forged):
    about = {"id": "re_1", "object": "refund"}
    body, signature = stripe_double.signed("evt_1", "refund.updated", about)
    if forged == "body":
        body = body.replace(b"re_1", b"re_2")
    elif forged == "secret":
        body, signature = stripe_double.signed("evt_1", "refund.updated", about, secret="whsec_other")
    elif forged == "old":
        body, signature = stripe_double.signed("evt_1", "refund.updated", about, at=time.time() - 301)
    elif forged == "no signature":
        signature = ""
    else:
        body = b"\xff{"
    assert tell(client, (body, signature)) == 400
    assert not GatewayEvent.objects.exists()


def test_other_events_are_taken_and_left(order, stripe_double, client):
    assert tell(client, stripe_double.signed("evt_1", "customer.created", {"id": "cus_1"})) == 204
    assert not GatewayEvent.objects.exists()


def test_a_payment_of_which_we_heard_nothing_is_told_by_its_event(stripe_double, client):
    hana = world.customer(token="cus_hana/pm_card_visa")
    charge = ask_charge(hana, Card.objects.get(), world.film().price, "order:X", "key")
    stripe_double.next_time("payment_intents", "answer_lost")
    with pytest.raises(Unsure):
        carry_out_charge(charge)
    for event in stripe_double.events:
        tell(client, event)
    act()
    charge.refresh_from_db()
    assert charge.state == ChargeState.CAPTURED
    assert len(stripe_double.intents) == 1


def test_a_reservation_that_ends_at_stripe_has_lapsed(stripe_double, client):
    hana = world.customer(token="cus_hana/pm_card_visa")
    charge = ask_charge(hana, Card.objects.get(), world.film().price, "order:X", "key", capture_now=False)
    carry_out_charge(charge)
    stripe_double.expire(charge.gateway_ref)
    for event in stripe_double.events:
        tell(client, event)
    act()
    charge.refresh_from_db()
    assert charge.state == ChargeState.LAPSED
