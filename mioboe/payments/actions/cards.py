"""Saving a card that is entered on the gateway's own page."""

from django.db import transaction

from mioboe.payments.gateways import Declined, gateway
from mioboe.payments.models import Card
from mioboe.people.models import Person
from mioboe.trail.actions import record


def begin_card(person: Person, return_url: str) -> str:
    """Where the person enters a card: a page of the gateway's, which comes back to `return_url` with `?card=…`. Asks the
    gateway: not inside a transaction. Raises Unsure, Declined."""
    return gateway().begin_card(person.ref, return_url)


def finish_card(person: Person, ref: str) -> Card:
    """Saves the card that was entered under `ref`. May be called any number of times and answers the same card. Asks the
    gateway: not inside a transaction. Raises Unsure, and Declined where nothing was entered or by somebody else."""
    facts = gateway().finish_card(ref)
    if facts.person_ref != person.ref:
        raise Declined("this card was entered by somebody else")
    return _keep(person, facts.token, facts.brand, facts.last4, facts.expires)


@transaction.atomic
def _keep(person: Person, token: str, brand: str, last4: str, expires: str) -> Card:
    card, is_new = Card.objects.get_or_create(
        token=token, defaults={"person": person, "brand": brand, "last4": last4, "expires": expires}
    )
    if is_new:
        record("card.saved", [person.ref, f"card:{card.pk}"], person, brand=brand, last4=last4)
    return card
