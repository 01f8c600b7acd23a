"""What Stripe tells of by webhook. An event says only what it is about; how that stands is asked anew, as events come late,
twice, and in any order (https://docs.stripe.com/webhooks#event-ordering)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe
import structlog
from django.conf import settings
from moneyed import Money

from mioboe.payments.actions import carry_out_charge, note_dispute, note_lapsed, note_repayment, void
from mioboe.payments.gateways import Chargeback
from mioboe.payments.gateways.stripe.client import client, heard
from mioboe.payments.gateways.stripe.gateway import as_repayment, retrieve_payment
from mioboe.payments.models import Charge, ChargeState, Dispute, GatewayEvent, Refund

log = structlog.get_logger(__name__)
# An older signature is a replay: five minutes, as Stripe's own libraries have it.
SIGNATURE_LIFE_S = 300
_CLOSED: dict[str, Any] = {"won": "won", "warning_closed": "won", "prevented": "won", "lost": "lost"}


class NotStripe(Exception):
    """The signature is wrong or too old, or it is no event."""


@dataclass(frozen=True)
class Told:
    event_id: str
    kind: str
    about: str


def read_event(payload: bytes, signature: str) -> Told | None:
    """What a webhook tells of; None where it is nothing that we act upon. Raises NotStripe."""
    try:
        event = stripe.Webhook.construct_event(
            payload, signature, settings.MIOBOE_STRIPE_WEBHOOK_SECRET, tolerance=SIGNATURE_LIFE_S
        ).to_dict()
        told = Told(event["id"], event["type"], event["data"]["object"]["id"])
    except (ValueError, KeyError, TypeError, stripe.SignatureVerificationError) as error:
        raise NotStripe(str(error)) from error
    return told if _handler(told.kind) else None


def handle(event: GatewayEvent) -> Dispute | None:
    """Acts upon an event; may be called any number of times, not inside a transaction. Answers the dispute, where it is about
    one. Raises Unsure, Declined."""
    handler = _handler(event.kind)
    return handler(event.about) if handler else None


def _handler(kind: str) -> Any:
    if kind.startswith("charge.dispute."):
        return _dispute
    if kind.startswith("refund.") or kind == "charge.refund.updated":
        return _refund
    if kind.startswith("payment_intent."):
        return _payment
    return None


def _refund(about: str) -> None:
    with heard():
        given = client().v1.refunds.retrieve(about)
    key = (given.to_dict().get("metadata") or {}).get("key", "")
    ours = Refund.objects.filter(key=key).select_related("charge__person", "charge__card").first()
    if ours is None:
        # Given back in Stripe's own pages: `ledger check` knows nothing of it either, so the operator is told.
        log.warning("refund_unknown", gateway_ref=about)
        return
    note_repayment(ours, as_repayment(given))


def _payment(about: str) -> None:
    intent = retrieve_payment(about)
    key = (intent.to_dict().get("metadata") or {}).get("key", "")
    charge = Charge.objects.filter(key=key).select_related("person", "card").first()
    if charge is None:
        log.warning("payment_unknown", gateway_ref=about)
    elif charge.state == ChargeState.ASKED:
        carry_out_charge(charge)
    elif charge.is_to_be_voided:
        void(charge)
    elif intent.status == "canceled":
        note_lapsed(charge, intent.cancellation_reason or "the bank held it no longer")


def _dispute(about: str) -> Dispute | None:
    with heard():
        dispute = client().v1.disputes.retrieve(about).to_dict()
    charge = Charge.objects.filter(gateway_ref=dispute["payment_intent"]).select_related("person").first()
    if charge is None:
        log.warning("dispute_unknown", gateway_ref=about)
        return None
    due = (dispute.get("evidence_details") or {}).get("due_by")
    told = Chargeback(
        gateway_ref=dispute["id"],
        payment_ref=dispute["payment_intent"],
        amount=Money(dispute["amount"], dispute["currency"].upper()),
        reason=dispute["reason"],
        due_at=datetime.fromtimestamp(due, UTC) if due else None,
        is_withheld=not dispute["status"].startswith("warning_"),
        state=_CLOSED.get(dispute["status"], "open"),
    )
    return note_dispute(charge, told)
