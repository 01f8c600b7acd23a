"""Asking Stripe, with our time limit, and what its refusals mean."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import stripe
import structlog
from django.conf import settings

from mioboe.payments.gateways import Declined, Unsure

log = structlog.get_logger(__name__)


def client() -> stripe.StripeClient:
    """The client for the settings in force."""
    return _client(settings.MIOBOE_STRIPE_KEY, settings.MIOBOE_STRIPE_BASE, settings.MIOBOE_OUTSIDE_LIMIT_S)


@functools.cache
def _client(key: str, base: str, limit_s: float) -> stripe.StripeClient:
    # Asked again by our jobs, with what they look for first; not by the SDK, beyond the time limit.
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=limit_s),
    )


@contextmanager
def heard() -> Iterator[None]:
    """Around each question to Stripe: its errors as the port's (https://docs.stripe.com/error-handling)."""
    try:
        yield
    except stripe.CardError as error:
        raise Declined(error.code or "card_declined") from error
    except stripe.InvalidRequestError as error:
        raise Declined(error.code or str(error.user_message or "Stripe refuses the request")) from error
    except stripe.IdempotencyError as error:
        raise Declined("this key was used for something else") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("stripe_key_refused", setting="MIOBOE_STRIPE_KEY", code=error.code)
        raise Unsure("Stripe refuses our key: see MIOBOE_STRIPE_KEY") from error
    except stripe.StripeError as error:
        # No connection, no answer in time, 409 (the same key is being worked on), 429, 5xx: it may have happened.
        raise Unsure(f"Stripe was not heard: {type(error).__name__}") from error
