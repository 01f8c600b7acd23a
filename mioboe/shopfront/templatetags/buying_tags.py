"""What the header and the buy box show on pages whose views know nothing of buying."""

import secrets
from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Sum
from django.utils import timezone

from mioboe.orders.models import CartLine, Kind, OneClick, Product
from mioboe.orders.offers import Offer, offer
from mioboe.orders.refusals import Change
from mioboe.people.models import Person
from mioboe.shopfront import changes
from mioboe.shopfront.carts import SESSION_KEY
from mioboe.shopfront.forms import address_name, card_name

register = template.Library()
register.filter("card_name", card_name)
register.filter("address_name", address_name)


@register.simple_tag(takes_context=True)
def cart_count(context: dict[str, Any]) -> int:
    """How many pieces are in the cart of whoever looks."""
    request = context.get("request")
    person = getattr(request, "user", None)
    if isinstance(person, Person):
        lines = CartLine.objects.filter(cart__person=person)
    elif request is not None and hasattr(request, "session") and request.session.get(SESSION_KEY):
        lines = CartLine.objects.filter(cart=request.session[SESSION_KEY], cart__person=None)
    else:
        return 0
    return lines.filter(order=None, removed_at=None).aggregate(pieces=Sum("quantity"))["pieces"] or 0


@dataclass(frozen=True)
class Buying:
    """What the buy box of a product shows."""

    offer: Offer
    press: str
    one_click: OneClick | None
    needs_address: bool


@register.simple_tag(takes_context=True)
def buying(context: dict[str, Any], product: Product) -> Buying:
    """What buying this product would be for whoever looks; each page has a press of its own."""
    person = getattr(context.get("request"), "user", None)
    choice = None
    if isinstance(person, Person):
        choices = OneClick.objects.select_related("card", "address")
        choice = choices.filter(person=person, is_on=True, card__removed_at=None).first()
    to = choice.address if choice else None
    return Buying(
        offer(product, 1, to, timezone.now()),
        secrets.token_urlsafe(16),
        choice,
        needs_address=product.kind == Kind.PARCEL and choice is not None and to is None,
    )


@register.filter
def in_words(change: Change) -> str:
    return changes.in_words(change)
