"""Stripe's objects as they travel, as far as our code reads them, and how its refusals look."""

import time
from dataclasses import dataclass
from typing import Any

# https://docs.stripe.com/testing#declined-payments
DECLINES = {
    "pm_card_chargeDeclined": "card_declined",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
}


@dataclass
class StripeFault(Exception):
    status: int
    kind: str
    code: str
    words: str


def check_intent(form: dict[str, str]) -> None:
    """What Stripe refuses in a payment before it looks at the card."""
    # https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-setup-intents
    if any(name.startswith("payment_method_types") for name in form):
        words = "payment_method_types is no longer supported."
        raise StripeFault(400, "invalid_request_error", "payment_method_types_no_longer_supported", words)
    if not form.get("amount", "").isdigit() or int(form["amount"]) < 1:
        raise StripeFault(400, "invalid_request_error", "parameter_invalid_integer", "Invalid integer: amount")
    if (
        form.get("currency") != "jpy"
        or form.get("confirm") != "true"
        or not form.get("customer", "").startswith("cus_")
    ):
        raise StripeFault(400, "invalid_request_error", "parameter_missing", "currency, confirm or customer is wrong.")


def intent_shape(ref: str, form: dict[str, str]) -> dict[str, Any]:
    return {
        "id": ref,
        "object": "payment_intent",
        "amount": int(form["amount"]),
        "amount_capturable": 0,
        "amount_received": 0,
        "cancellation_reason": None,
        "capture_method": form["capture_method"],
        "created": int(time.time()),
        "currency": form["currency"],
        "customer": form["customer"],
        "last_payment_error": None,
        "latest_charge": None,
        "metadata": metadata(form),
        "payment_method": form["payment_method"],
        "status": "requires_confirmation",
    }


def refund_shape(ref: str, amount: int, intent: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
    return {
        "id": ref,
        "object": "refund",
        "amount": amount,
        "charge": intent["latest_charge"],
        "created": int(time.time()),
        "currency": intent["currency"],
        "metadata": metadata(form),
        "payment_intent": intent["id"],
        "status": "pending",
    }


def metadata(form: dict[str, str]) -> dict[str, str]:
    """`metadata[key]=…` of a form, as an object."""
    return {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}


def listed(url: str, rows: list[dict[str, Any]], form: dict[str, str]) -> dict[str, Any]:
    """A page of a list, the newest first (https://docs.stripe.com/api/pagination)."""
    newest = list(reversed(rows))
    start = 0
    if "starting_after" in form:
        start = [row["id"] for row in newest].index(form["starting_after"]) + 1
    page = newest[start : start + int(form.get("limit", 10))]
    return {"object": "list", "url": url, "has_more": start + len(page) < len(newest), "data": page}
