"""What a statement does not say: money of ours that is not on it, and why; and which of other shops' lines come back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from mioboe.payments.models import Charge, ChargeState, Refund, RefundState
from mioboe.people.models import Person
from mioboe.statements.issuers import Line
from mioboe.statements.matching import LATEST, Found
from mioboe.statements.merchants import folded

# A refund is on a statement so long after it was paid out, at the latest (what its mail says, too).
REFUND_WITHIN = timedelta(days=10)
# What is charged monthly comes so many days after the last.
MONTHLY = (timedelta(days=26), timedelta(days=35))


class Why(models.TextChoices):
    REFUND_UNDER_WAY = "refund_under_way", _("a refund that is on its way to the card")
    REFUND_LATE = "refund_late", _("a refund that should be there by now: please ask your card company, and tell us")
    NOT_BOOKED = "not_booked", _("a charge that your card company has not booked yet")
    HOLD = "hold", _("only reserved: it is taken when the parcel leaves, and let go otherwise")


@dataclass(frozen=True)
class Waiting:
    """Money of ours that is not on the statement. `by`: the day until which to expect it; None where there is none."""

    why: Why
    amount: Money
    about: str
    card: str
    by: date | None = None

    @property
    def is_refund(self) -> bool:
        return self.why in (Why.REFUND_UNDER_WAY, Why.REFUND_LATE)

    @property
    def order(self) -> str:
        return self.about.removeprefix("order:") if self.about.startswith("order:") else ""


@dataclass(frozen=True)
class Regular:
    """What a shop that is not ours takes month by month."""

    merchant: str
    amount: Money
    days: tuple[date, ...]


def waiting(person: Person, found: Found, last: date) -> list[Waiting]:
    """What is to come, for the cards of the person. `last` is the statement's last day."""
    cards = _cards_of(found)
    booked = {one.key for match in found.matches for one in match.moved if one.amount < 0}
    looked_for = {one.key for one in found.missing if one.amount < 0}
    result = []
    for refund in _refunds(person):
        if refund.pk in booked or (cards and refund.charge.card_id not in cards):
            continue
        settled = timezone.localdate(refund.settled_at) if refund.settled_at else None
        if settled is None or settled + REFUND_WITHIN >= last:
            by = (settled or timezone.localdate()) + REFUND_WITHIN
            result.append(_refund(refund, Why.REFUND_UNDER_WAY, by))
        elif refund.pk in looked_for:
            result.append(_refund(refund, Why.REFUND_LATE, settled + REFUND_WITHIN))
    missing = {one.key for one in found.missing if one.amount > 0 and one.day + LATEST >= last}
    for charge in Charge.objects.filter(pk__in=missing).select_related("card"):
        if not cards or charge.card_id in cards:
            by = timezone.localdate(charge.captured_at) + LATEST
            result.append(Waiting(Why.NOT_BOOKED, charge.captured, charge.reference, charge.card.last4, by))
    held = Charge.objects.filter(person=person, state=ChargeState.AUTHORISED).select_related("card")
    for charge in held.order_by("authorised_at"):
        left = charge.amount - charge.released
        if left.amount > 0:
            result.append(Waiting(Why.HOLD, left, charge.reference, charge.card.last4))
    return result


def _refunds(person: Person) -> models.QuerySet[Refund]:
    """Those that may still be looked for: under way, or paid out lately."""
    since = timezone.now() - 6 * REFUND_WITHIN
    theirs = Refund.objects.filter(charge__person=person).select_related("charge__card")
    lately = models.Q(state=RefundState.SETTLED, settled_at__gte=since)
    return theirs.filter(lately | models.Q(state=RefundState.PENDING)).order_by("asked_at")


def _refund(refund: Refund, why: Why, by: date) -> Waiting:
    return Waiting(why, refund.amount, refund.charge.reference, refund.charge.card.last4, by)


def _cards_of(found: Found) -> set[int]:
    """A statement is one card's: whose charges are on it. Nothing where none is."""
    keys = [one.key for match in found.matches for one in match.moved if one.amount > 0]
    return set(Charge.objects.filter(pk__in=keys).values_list("card_id", flat=True))


def regular(others: Sequence[Line]) -> list[Regular]:
    """Which of these are taken month by month: the same shop, the same amount, about a month apart."""
    same: dict[tuple[str, int, str], list[Line]] = defaultdict(list)
    for line in others:
        if line.amount > 0:
            same[folded(line.merchant), line.amount, line.currency].append(line)
    found = []
    for lines in same.values():
        days = sorted({line.day for line in lines})
        apart = [later - earlier for earlier, later in pairwise(days)]
        if apart and all(MONTHLY[0] <= gap <= MONTHLY[1] for gap in apart):
            found.append(Regular(lines[0].merchant, lines[0].total, tuple(days)))
    return found
