"""Verbs of watching a film. All of them do nothing for a right that has been withdrawn."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from mioboe.mails.links import use_link
from mioboe.mails.models import Link
from mioboe.orders.models import Access, AccessState, Order
from mioboe.trail.actions import record


@transaction.atomic
def use_film_link(link: Link, order: Order) -> bool:
    """Uses a mailed link to the order's films up. False where somebody was faster or it has expired."""
    used = use_link(link)
    if used:
        record("access.link_used", [order.ref, order.customer.ref, link.ref], order.customer, number=order.number)
    return used


@transaction.atomic
def note_opened(access: Access) -> bool:
    """Notes that the film was sent to, or seen by, its owner for the first time. False where it had been before, or may
    not be watched any more; may be called any number of times."""
    rights = Access.objects.filter(pk=access.pk, state=AccessState.GRANTED, opened_at=None)
    if not rights.update(opened_at=timezone.now()):
        return False
    order = access.line.order
    record("access.opened", [order.ref, access.person.ref], access.person, number=order.number)
    return True


@transaction.atomic
def note_progress(access: Access, position_s: int, farthest_s: int) -> bool:
    """Notes where the film was left and the farthest second seen; neither is ever past the film's end, and the farthest
    never goes back. False where the film may not be watched any more."""
    length_s = access.line.product.film_s or 0
    position_s, farthest_s = min(max(position_s, 0), length_s), min(max(farthest_s, 0), length_s)
    noted = Access.objects.filter(pk=access.pk, state=AccessState.GRANTED).update(
        position_s=position_s, watched_s=Greatest(F("watched_s"), farthest_s)
    )
    if noted and farthest_s:
        note_opened(access)
    return bool(noted)
