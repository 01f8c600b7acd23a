"""When a customer wants to be asked. Stricter is free; laxer needs a proof beside the session, as the intruder is often the one who is
signed in, and would switch off first what stands in the way: a fresh proof on a device that the account knows, or the mailbox on file."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.mails.actions import write_mail
from mioboe.mails.links import make_link, spend_links
from mioboe.mails.models import Link
from mioboe.mails.words import contact_url
from mioboe.orders.models import ApprovalChoice, ApproveWhen
from mioboe.people.models import Person
from mioboe.site.limits import is_within_limit
from mioboe.trail.actions import record

LOWER_PURPOSE = "lower_approval"
LINK_LIFE_S = 30 * 60
# Mails that ask for the press that makes it laxer.
MOST_MAILS, WITHIN_S = 5, 3600
_STRICTNESS = [ApproveWhen.NEVER, ApproveWhen.UNFAMILIAR, ApproveWhen.ALWAYS]
LARGEST = 9_999_999


class TooOften(Exception):
    """Too many mails were asked for within an hour."""


@dataclass(frozen=True)
class Wish:
    """What a customer chooses. `above` in yen; None: no amount."""

    when: ApproveWhen
    above: int | None = None

    def is_laxer_than(self, other: "Wish") -> bool:
        """Whether anything would go through that would have been asked about before."""
        if self.when == ApproveWhen.ALWAYS:
            return False
        if other.when == ApproveWhen.ALWAYS:
            return True
        if _STRICTNESS.index(self.when) < _STRICTNESS.index(other.when):
            return True
        return other.above is not None and (self.above is None or self.above > other.above)

    @property
    def text(self) -> str:
        return f"approval:{self.when}:{self.above or ''}"

    @classmethod
    def read(cls, text: str) -> "Wish":
        _, when, above = text.split(":")
        return cls(ApproveWhen(when), int(above) if above else None)


def wish_of(person: Person) -> Wish:
    """What is chosen now."""
    choice = ApprovalChoice.objects.filter(person=person).first()
    if choice is None:
        return Wish(ApproveWhen.UNFAMILIAR)
    return Wish(ApproveWhen(choice.when), int(choice.above.amount) or None)


def choose_approval(person: Person, wish: Wish) -> bool:
    """Sets it where it is at least as strict as before. Otherwise nothing changes, a mail with a link goes to the address on file, and the
    answer is False. Raises TooOften."""
    if set_if_strict(person, wish):
        return True
    if not is_within_limit("lower_approval", str(person.pk), MOST_MAILS, WITHIN_S):
        raise TooOften
    _ask(person, wish)
    return False


def set_if_strict(person: Person, wish: Wish) -> bool:
    """Sets it where it is at least as strict as before; otherwise nothing changes, and the answer is False."""
    with transaction.atomic():
        # Two at once: the second is held against what the first has chosen.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        before = wish_of(person)
        if not wish.is_laxer_than(before):
            spend_links(LOWER_PURPOSE, person)
            if wish != before:
                _set(person, wish)
            return True
    return False


def lower_approval(link: Link) -> Wish:
    """What the link was mailed for; the caller has used it up."""
    assert link.person is not None
    wish = Wish.read(link.about)
    _lower(link.person, wish, by_mail=True)
    return wish


def lower_at_once(person: Person, wish: Wish) -> None:
    """Sets what is laxer, where the caller has just seen a proof on a device that the account knows. Links that were mailed before are
    void."""
    _lower(person, wish, by_mail=False)


@transaction.atomic
def _lower(person: Person, wish: Wish, by_mail: bool) -> None:
    """A mail says so, to whoever reads the address on file."""
    _set(person, wish)
    spend_links(LOWER_PURPOSE, person)
    _mail(person, "approval_lowered", wish, contact_url(), by_mail=by_mail)


def _set(person: Person, wish: Wish) -> None:
    facts = {"when": wish.when, "above": Money(wish.above or 0, JPY), "changed_at": timezone.now()}
    ApprovalChoice.objects.update_or_create(person=person, defaults=facts)
    record(f"approval.set.{wish.when}", [person.ref], person, above=wish.above or "–")


@transaction.atomic
def _ask(person: Person, wish: Wish) -> None:
    secret = make_link(LOWER_PURPOSE, wish.text, person.email, person, LINK_LIFE_S)
    record("approval.lowering_asked", [person.ref], person, when=str(wish.when), above=wish.above)
    _mail(person, "approval_lower", wish, settings.MIOBOE_BASE_URL + reverse("shopfront:approval_lower", args=[secret]))


def _mail(person: Person, kind: str, wish: Wish, link: str, by_mail: bool = True) -> None:
    above = None if wish.above is None else Money(wish.above, JPY)
    write_mail(kind, person, [person.ref], when=wish.when.label, above=above, link=link, by_mail=by_mail)
