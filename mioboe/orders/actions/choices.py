"""What customers choose for buying: one click, addresses."""

from django.db import transaction

from mioboe.orders.models import Destination, OneClick
from mioboe.payments import actions as payments
from mioboe.payments.models import Card
from mioboe.people.models import Address, Person
from mioboe.trail.actions import record

MOST_ADDRESSES = 20


class TooMany(Exception):
    """No more of these are kept."""


class NotTheirs(Exception):
    """The card or the address is somebody else's, or was removed."""


@transaction.atomic
def choose_one_click(person: Person, is_on: bool, card: Card | None, address: Address | None, hold: bool) -> None:
    """Switches one click on or off, and says with which card, to which address, and whether the button is held. Off it
    needs no card. Raises NotTheirs. May be called twice."""
    was_on = OneClick.objects.filter(person=person, is_on=True).exists()
    if card is None:
        if is_on:
            raise NotTheirs
        OneClick.objects.filter(person=person).update(is_on=False, hold_to_buy=hold)
    else:
        is_theirs = card.person_id == person.pk and card.removed_at is None
        if not is_theirs or (address is not None and address.person_id != person.pk):
            raise NotTheirs
        facts = {"is_on": is_on, "card": card, "address": address, "hold_to_buy": hold}
        OneClick.objects.update_or_create(person=person, defaults=facts)
    if is_on != was_on:
        record("one_click.on" if is_on else "one_click.off", [person.ref], person)


@transaction.atomic
def remove_card(card: Card) -> bool:
    """Forgets a saved card. True where one click used it and is off now. May be called twice."""
    switched_off = OneClick.objects.filter(card=card, is_on=True).update(is_on=False)
    if switched_off:
        record("one_click.off", [card.person.ref], card.person)
    payments.remove_card(card)
    return bool(switched_off)


@transaction.atomic
def add_address(person: Person, to: Destination) -> Address:
    """Saves an address; the same one twice is one. Raises TooMany beyond 20."""
    facts = {"recipient": to.recipient, "postcode": to.postcode, "prefecture": to.prefecture, "street": to.street}
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    before = person.addresses.filter(**facts).first()
    if before is not None:
        return before
    if person.addresses.count() >= MOST_ADDRESSES:
        raise TooMany
    address = Address.objects.create(person=person, **facts)
    record("address.added", [person.ref, f"address:{address.pk}"], person)
    return address


@transaction.atomic
def change_address(address: Address, to: Destination) -> None:
    """Changes a saved address. Orders keep the one that they were placed with."""
    Address.objects.filter(pk=address.pk).update(
        recipient=to.recipient, postcode=to.postcode, prefecture=to.prefecture, street=to.street
    )
    record("address.changed", [address.person.ref, f"address:{address.pk}"], address.person)


@transaction.atomic
def remove_address(address: Address) -> None:
    """Forgets a saved address. Orders keep the one that they were placed with; one click goes without."""
    ref, person = f"address:{address.pk}", address.person
    if Address.objects.filter(pk=address.pk).delete()[0]:
        record("address.removed", [person.ref, ref], person)
