"""A small stateful double of Stripe on 127.0.0.1: it keeps payments, refunds, disputes and idempotency keys, and can be told to
forget, to be late, to lose answers and to break. Written from Stripe's published API (https://docs.stripe.com/api), so it
proves our code against our reading of Stripe, not against Stripe."""

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.doubles.stripe_shapes import DECLINES, StripeFault, check_intent, intent_shape, listed, refund_shape

SECRET = "whsec_of_the_double"
KEY = "sk_test_of_the_double"
# No test waits so long for an answer that never comes: the client's time limit passes first.
LONGEST_SILENCE_S = 30


class StripeDouble:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[bytes, str]] = []  # body and signature, as they would be sent
        self.asked: list[str] = []
        self._keys: dict[str, tuple[str, int, bytes]] = {}
        self._trouble: dict[str, list[str]] = defaultdict(list)
        self._numbers = itertools.count(1)
        self._over = threading.Event()
        double = self

        class Handler(_Handler):
            stripe = double

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    # --- for tests ------------------------------------------------------------------------------------------------
    def __enter__(self) -> "StripeDouble":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def next_time(self, path_part: str, trouble: str) -> None:
        """`not_done`: no answer and nothing done; `answer_lost`: done, no answer; `broken`: 500; `busy`: 409; `limited`:
        429; the next time that a path with `path_part` is posted to."""
        self._trouble[path_part].append(trouble)

    def forget_keys(self) -> None:
        self._keys.clear()

    def settle(self, ref: str) -> None:
        self._set_refund(ref, status="succeeded")

    def fail(self, ref: str, reason: str = "lost_or_stolen_card") -> None:
        self._set_refund(ref, status="failed", failure_reason=reason)

    def _set_refund(self, ref: str, **facts: str) -> None:
        with self.lock:
            self.refunds[ref].update(facts)
            self._tell("refund.failed" if facts["status"] == "failed" else "refund.updated", self.refunds[ref])

    def expire(self, ref: str) -> None:
        """The bank holds a reservation no longer."""
        with self.lock:
            self.intents[ref].update(status="canceled", cancellation_reason="automatic")
            self._tell("payment_intent.canceled", self.intents[ref])

    def dispute(self, intent_ref: str, reason: str = "fraudulent", status: str = "needs_response") -> str:
        with self.lock:
            intent = self.intents[intent_ref]
            ref = self.new("du")
            self.disputes[ref] = {
                "id": ref,
                "object": "dispute",
                "amount": intent["amount_received"],
                "currency": intent["currency"],
                "payment_intent": intent_ref,
                "charge": intent["latest_charge"],
                "reason": reason,
                "status": status,
                "evidence_details": {"due_by": int(time.time()) + 7 * 24 * 3600, "has_evidence": False},
            }
            self._tell("charge.dispute.created", self.disputes[ref])
            return ref

    def set_dispute(self, ref: str, status: str) -> None:
        with self.lock:
            self.disputes[ref]["status"] = status
            self._tell(
                "charge.dispute.closed" if status in ("won", "lost") else "charge.dispute.updated", self.disputes[ref]
            )

    def enter_card(self, session_ref: str, method: str = "pm_card_visa") -> None:
        """What a person does on Stripe's own page."""
        self.sessions[session_ref].update(
            status="complete",
            customer=self.new("cus"),
            setup_intent={
                "id": self.new("seti"),
                "object": "setup_intent",
                "payment_method": {
                    "id": method,
                    "object": "payment_method",
                    "card": {"brand": "visa", "last4": "4242", "exp_month": 9, "exp_year": 2029},
                },
            },
        )

    # --- what it does when it is asked ----------------------------------------------------------------------------
    def answer(self, method: str, path: str, form: dict[str, str], key: str) -> tuple[int, bytes] | None:
        """Status and body; None where no answer arrives."""
        trouble = self._trouble_for(path) if method == "POST" else ""
        if trouble == "not_done":
            self._over.wait(LONGEST_SILENCE_S)
            return None
        if trouble in ("broken", "busy", "limited"):
            status = {"broken": 500, "busy": 409, "limited": 429}[trouble]
            return status, _fault_body(StripeFault(status, "api_error", trouble, "told to"))
        with self.lock:
            self.asked.append(f"{method} {path}")
            answer = self._once(method, path, form, key)
        if trouble == "answer_lost":
            return None
        return answer

    def _trouble_for(self, path: str) -> str:
        with self.lock:
            for part, troubles in self._trouble.items():
                if part in path and troubles:
                    return troubles.pop(0)
        return ""

    def _once(self, method: str, path: str, form: dict[str, str], key: str) -> tuple[int, bytes]:
        """https://docs.stripe.com/api/idempotent_requests: the first answer is kept, a refusal of the parameters is not."""
        asked = hashlib.sha256(json.dumps([path, sorted(form.items())]).encode()).hexdigest()
        if method == "POST" and key in self._keys:
            before, status, body = self._keys[key]
            if before != asked:
                words = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                return 400, _fault_body(StripeFault(400, "idempotency_error", "", words))
            return status, body
        try:
            status, body = 200, json.dumps(self._do(method, path.split("/")[2:], form)).encode()
        except StripeFault as fault:
            status, body = fault.status, _fault_body(fault)
        if method == "POST" and key and status != 400:
            self._keys[key] = (asked, status, body)
        return status, body

    def _do(self, method: str, path: list[str], form: dict[str, str]) -> dict[str, Any]:
        match (method, *path):
            case ("POST", "payment_intents"):
                return self._create_intent(form)
            case ("GET", "payment_intents"):
                return listed(
                    "/v1/payment_intents",
                    [each for each in self.intents.values() if each["customer"] == form["customer"]],
                    form,
                )
            case ("GET", "payment_intents", ref):
                return self._of(self.intents, ref)
            case ("POST", "payment_intents", ref, "capture"):
                return self._capture(self._of(self.intents, ref), form)
            case ("POST", "payment_intents", ref, "cancel"):
                return self._cancel(self._of(self.intents, ref))
            case ("POST", "refunds"):
                return self._create_refund(form)
            case ("GET", "refunds"):
                return listed(
                    "/v1/refunds",
                    [each for each in self.refunds.values() if each["payment_intent"] == form["payment_intent"]],
                    form,
                )
            case ("GET", "refunds", ref):
                return self._of(self.refunds, ref)
            case ("GET", "disputes", ref):
                return self._of(self.disputes, ref)
            case ("POST", "checkout", "sessions"):
                return self._create_session(form)
            case ("GET", "checkout", "sessions", ref):
                return self._of(self.sessions, ref)
        raise StripeFault(
            404, "invalid_request_error", "", f"Unrecognized request URL ({method}: /v1/{'/'.join(path)})."
        )

    def _of(self, rows: dict[str, dict[str, Any]], ref: str) -> dict[str, Any]:
        if ref not in rows:
            raise StripeFault(404, "invalid_request_error", "resource_missing", f"No such object: {ref}")
        return rows[ref]

    def _create_intent(self, form: dict[str, str]) -> dict[str, Any]:
        check_intent(form)
        intent = intent_shape(self.new("pi"), form)
        self.intents[intent["id"]] = intent
        code = DECLINES.get(form["payment_method"])
        if code:
            error = {"type": "card_error", "code": code, "message": "Your card was declined."}
            intent.update(status="requires_payment_method", last_payment_error=error)
            raise StripeFault(402, "card_error", code, "Your card was declined.")
        intent["latest_charge"] = self.new("ch")
        if form["capture_method"] == "manual":
            intent.update(status="requires_capture", amount_capturable=intent["amount"])
        else:
            intent.update(status="succeeded", amount_received=intent["amount"])
        self._tell(
            "payment_intent.succeeded"
            if intent["status"] == "succeeded"
            else "payment_intent.amount_capturable_updated",
            intent,
        )
        return intent

    def _capture(self, intent: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
        amount = int(form.get("amount_to_capture", intent["amount"]))
        if intent["status"] != "requires_capture":
            words = f"This PaymentIntent could not be captured because it has a status of {intent['status']}."
            raise StripeFault(400, "invalid_request_error", "payment_intent_unexpected_state", words)
        if not 0 < amount <= intent["amount_capturable"]:
            raise StripeFault(400, "invalid_request_error", "amount_too_large", "More than is capturable.")
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
        self._tell("payment_intent.succeeded", intent)
        return intent

    def _cancel(self, intent: dict[str, Any]) -> dict[str, Any]:
        if intent["status"] not in ("requires_capture", "requires_payment_method"):
            words = f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}."
            raise StripeFault(400, "invalid_request_error", "payment_intent_unexpected_state", words)
        intent.update(status="canceled", amount_capturable=0)
        self._tell("payment_intent.canceled", intent)
        return intent

    def _create_refund(self, form: dict[str, str]) -> dict[str, Any]:
        intent = self._of(self.intents, form["payment_intent"])
        amount = int(form["amount"])
        given = sum(
            each["amount"]
            for each in self.refunds.values()
            if each["payment_intent"] == intent["id"] and each["status"] not in ("failed", "canceled")
        )
        if given and given == intent["amount_received"]:
            raise StripeFault(
                400, "invalid_request_error", "charge_already_refunded", "Charge has already been refunded."
            )
        if amount < 1 or given + amount > intent["amount_received"]:
            words = f"Refund amount ({amount}) is greater than unrefunded amount on charge."
            raise StripeFault(400, "invalid_request_error", "amount_too_large", words)
        refund = refund_shape(self.new("re"), amount, intent, form)
        self.refunds[refund["id"]] = refund
        self._tell("refund.created", refund)
        return refund

    def _create_session(self, form: dict[str, str]) -> dict[str, Any]:
        ref = self.new("cs_test")
        self.sessions[ref] = {
            "id": ref,
            "object": "checkout.session",
            "mode": form["mode"],
            "status": "open",
            "customer": None,
            "setup_intent": None,
            "client_reference_id": form.get("client_reference_id"),
            "success_url": form["success_url"],
            "url": f"https://checkout.stripe.com/c/pay/{ref}",
        }
        return self.sessions[ref]

    def new(self, prefix: str) -> str:
        return f"{prefix}_double{next(self._numbers):06d}"

    def _tell(self, kind: str, about: dict[str, Any]) -> None:
        self.events.append(self.signed(self.new("evt"), kind, about))

    def signed(
        self, event_id: str, kind: str, about: dict[str, Any], at: float | None = None, secret: str = SECRET
    ) -> tuple[bytes, str]:
        """An event and its Stripe-Signature (https://docs.stripe.com/webhooks#verify-manually)."""
        stamp = int(at or time.time())
        event = {"id": event_id, "object": "event", "type": kind, "created": stamp, "data": {"object": about}}
        body = json.dumps(event).encode()
        digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return body, f"t={stamp},v1={digest}"


def _fault_body(fault: StripeFault) -> bytes:
    error = {"type": fault.kind, "message": fault.words} | ({"code": fault.code} if fault.code else {})
    return json.dumps({"error": error}).encode()


class _Handler(BaseHTTPRequestHandler):
    stripe: StripeDouble
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._serve("POST", self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def _serve(self, method: str, form: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            answer: tuple[int, bytes] | None = (401, b'{"error": {"type": "invalid_request_error"}}')
        else:
            path = urlsplit(self.path).path
            answer = self.stripe.answer(
                method, path, dict(parse_qsl(form, keep_blank_values=True)), self.headers.get("Idempotency-Key", "")
            )
        if answer is None:
            self.close_connection = True
            return
        status, body = answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet: tests say what went wrong."""
