"""Gateway `stripe`: PaymentIntents, refunds, and Checkout in set-up mode for saving cards. A card's token is
"cus_…/pm_…". Cards are charged without their owner having to act: 3-D Secure is done when a card is saved."""

from itertools import islice
from typing import Any

import stripe
from moneyed import Money

from mioboe.payments.gateways import CardFacts, Declined, Payment, Repayment, Unsure
from mioboe.payments.gateways.stripe.client import client, heard

# How far back one payment or refund is looked for among a customer's or a payment's; newest first.
MOST_LOOKED_AT = 1000
PAGE = 100
# https://docs.stripe.com/currencies#zero-decimal: an amount in yen is the number of yen.
ZERO_DECIMAL = {"JPY"}
_REPAYMENT_STATES: dict[str, Any] = {"succeeded": "settled", "failed": "failed", "canceled": "failed"}


def authorise(key: str, token: str, amount: Money, reference: str, capture_now: bool) -> Payment:
    """See `Gateway.authorise`."""
    customer, method = _split(token)
    with heard():
        intent = client().v1.payment_intents.create(
            {
                "amount": _whole(amount),
                "currency": amount.currency.code.lower(),
                "customer": customer,
                "payment_method": method,
                "allowed_payment_method_types": ["card"],
                "capture_method": "automatic" if capture_now else "manual",
                "confirm": True,
                "off_session": True,
                "metadata": {"key": key, "reference": reference},
            },
            {"idempotency_key": key},
        )
    return as_payment(intent)


def _split(token: str) -> tuple[str, str]:
    customer, _, method = token.partition("/")
    return customer, method


def _whole(amount: Money) -> int:
    if amount.currency.code not in ZERO_DECIMAL:
        raise Declined(f"amounts in {amount.currency.code} are not known here")
    return int(amount.amount)


def as_payment(intent: stripe.PaymentIntent) -> Payment:
    """How a PaymentIntent stands. Raises Declined where the card was refused, Unsure while Stripe works on it."""
    captured = Money(intent.amount_received or 0, intent.currency.upper())
    if intent.status == "succeeded":
        return Payment(intent.id, "captured", captured)
    if intent.status == "requires_capture":
        return Payment(intent.id, "authorised", captured)
    if intent.status == "canceled":
        return Payment(intent.id, "ended", captured)
    if intent.status == "processing":
        raise Unsure("Stripe is still at it")
    error = intent.last_payment_error
    raise Declined((error.code if error else None) or "card_declined")


def find_payment(key: str, token: str) -> Payment | None:
    """See `Gateway.find_payment`."""
    with heard():
        intents = client().v1.payment_intents.list({"customer": _split(token)[0], "limit": PAGE})
        found = _first(intents, key)
    return as_payment(found) if found else None


def _first(listed: Any, key: str) -> Any:
    """The newest with this key, or nothing."""
    newest = islice(listed.auto_paging_iter(), MOST_LOOKED_AT)
    return next((each for each in newest if each.metadata and each.metadata.to_dict().get("key") == key), None)


def capture(key: str, gateway_ref: str, amount: Money) -> None:
    """See `Gateway.capture`."""
    try:
        with heard():
            client().v1.payment_intents.capture(
                gateway_ref, {"amount_to_capture": _whole(amount)}, {"idempotency_key": key}
            )
    except Declined:
        intent = retrieve_payment(gateway_ref)
        if intent.status != "succeeded" or intent.amount_received != _whole(amount):
            raise


def void(key: str, gateway_ref: str) -> None:
    """See `Gateway.void`."""
    try:
        with heard():
            client().v1.payment_intents.cancel(gateway_ref, {}, {"idempotency_key": key})
    except Declined:
        if retrieve_payment(gateway_ref).status != "canceled":
            raise


def retrieve_payment(gateway_ref: str) -> stripe.PaymentIntent:
    with heard():
        return client().v1.payment_intents.retrieve(gateway_ref)


def refund(key: str, gateway_ref: str, amount: Money, reference: str) -> Repayment:
    """See `Gateway.refund`."""
    with heard():
        given = client().v1.refunds.create(
            {
                "payment_intent": gateway_ref,
                "amount": _whole(amount),
                "metadata": {"key": key, "reference": reference},
            },
            {"idempotency_key": key},
        )
    return as_repayment(given)


def as_repayment(given: stripe.Refund) -> Repayment:
    """How a refund stands. `requires_action` is under way, too."""
    return Repayment(
        given.id, _REPAYMENT_STATES.get(given.status or "", "pending"), getattr(given, "failure_reason", None) or ""
    )


def find_refund(key: str, gateway_ref: str) -> Repayment | None:
    """See `Gateway.find_refund`."""
    with heard():
        found = _first(client().v1.refunds.list({"payment_intent": gateway_ref, "limit": PAGE}), key)
    return as_repayment(found) if found else None


def begin_card(person_ref: str, return_url: str) -> str:
    """See `Gateway.begin_card`."""
    joint = "&" if "?" in return_url else "?"
    with heard():
        session = client().v1.checkout.sessions.create(
            {
                "mode": "setup",
                "currency": "jpy",
                "allowed_payment_method_types": ["card"],
                "customer_creation": "always",
                "client_reference_id": person_ref,
                "success_url": f"{return_url}{joint}card={{CHECKOUT_SESSION_ID}}",
                "cancel_url": return_url,
            }
        )
    if not session.url:
        raise Declined("Stripe has no page for this card")
    return session.url


def finish_card(ref: str) -> CardFacts:
    """See `Gateway.finish_card`."""
    with heard():
        session = client().v1.checkout.sessions.retrieve(ref, {"expand": ["setup_intent.payment_method"]})
    facts = session.to_dict()
    method = (facts.get("setup_intent") or {}).get("payment_method") if session.status == "complete" else None
    if not method:
        raise Declined("no card was entered")
    card = method["card"]
    return CardFacts(
        token=f"{facts['customer']}/{method['id']}",
        brand=card["brand"].title(),
        last4=card["last4"],
        expires=f"{card['exp_month']:02d}/{card['exp_year']}",
        person_ref=facts.get("client_reference_id") or "",
    )
