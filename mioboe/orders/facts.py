"""Everything we know about one order, gathered in one place for whoever shows it: the order page, "help me remember", the
desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from moneyed import Money

from mioboe.mails.models import Mail
from mioboe.orders.models import AccessState, Cancellation, Line, Order, OrderState, Parcel, ParcelState
from mioboe.payments.models import Charge, ChargeState, Refund, RefundState
from mioboe.trail.looks import readable_timeline
from mioboe.trail.models import Entry

MOST_MAILS = 50
MOST_ENTRIES = 100
# Where a parcel is on its way, and what became of one that took another.
_STRAIGHT_WAY = ("parcel.packed", "parcel.handed_over", "parcel.delivered")


@dataclass(frozen=True)
class Watched:
    """How far a film was watched, in words and in percent of its length (None where nobody knows how long it is)."""

    words: str
    percent: int | None
    counts: bool


@dataclass(frozen=True)
class WayStep:
    words: str
    at: datetime | None  # None: not yet


@dataclass(frozen=True)
class Repaid:
    refund: Refund
    expected_at: datetime | None  # None where it is there already, or will not come


class OrderFacts:
    """Read when asked for, each once; a page that shows all of it costs a fixed number of queries."""

    def __init__(self, order: Order) -> None:
        self.order = order

    @cached_property
    def lines(self) -> list[Line]:
        return sorted(self.order.lines.all(), key=lambda line: line.pk)

    @cached_property
    def parcels(self) -> list[Parcel]:
        return list(self.order.parcels.all())

    @cached_property
    def entries(self) -> list[Entry]:
        """The order's timeline, newest first."""
        return readable_timeline(self.order.ref, limit=MOST_ENTRIES)

    @cached_property
    def mails(self) -> list[Mail]:
        """What we mailed about it, newest first; without the texts."""
        mails = Mail.objects.filter(about__contains=[self.order.ref], person=self.order.customer_id)
        return list(mails.defer("text", "html", "raw").order_by("-written_at")[:MOST_MAILS])

    @cached_property
    def cancellations(self) -> list[Cancellation]:
        return list(self.order.cancellations.select_related("line").order_by("pk"))

    # --- money ---

    @cached_property
    def charge(self) -> Charge | None:
        return Charge.objects.select_related("card").filter(key=self.order.charge_key).first()

    @cached_property
    def refunds(self) -> list[Repaid]:
        if self.charge is None:
            return []
        return [Repaid(refund, _expected(refund)) for refund in self.charge.refunds.order_by("asked_at", "pk")]

    @property
    def paid(self) -> Money:
        """What was taken from the card."""
        return self.charge.captured if self.charge else self._nothing

    @property
    def given_back(self) -> Money:
        """What went back to the card, or will not be taken from it any more."""
        return self.charge.refunded + self.charge.released if self.charge else self._nothing

    @property
    def left(self) -> Money:
        """What the order costs in the end."""
        if self.charge is None or self.charge.state in (ChargeState.DECLINED, ChargeState.LAPSED):
            return self._nothing
        return self.charge.amount - self.given_back

    @property
    def going_back(self) -> Money:
        """What was cancelled and is about to go back: the gateway has not said yes yet."""
        due = [each.amount for each in self.cancellations if each.gives_back and each.given_back_at is None]
        return sum(due, self._nothing)

    @property
    def _nothing(self) -> Money:
        return self.order.total - self.order.total

    # --- where it went ---

    @property
    def address_masked(self) -> str:
        """Enough to know one's own address, too little to find somebody."""
        return self.order.destination.masked if self.order.destination else ""

    @property
    def address_whole(self) -> str:
        return self.order.destination.whole if self.order.destination else ""

    def way_of(self, parcel: Parcel) -> list[WayStep]:
        """The parcel's way as it went, and what is still before it."""
        went = [entry for entry in reversed(self.entries) if parcel.ref in entry.about and entry.verb != "parcel.held"]
        steps = [WayStep(entry.words, entry.at) for entry in went]
        if parcel.state in (ParcelState.WAITING, ParcelState.PACKED, ParcelState.HANDED_OVER):
            told = {entry.verb for entry in went}
            words = {
                "parcel.packed": _("To be packed"),
                "parcel.handed_over": _("To be handed over to the carrier"),
                "parcel.delivered": _("To be delivered"),
            }
            steps += [WayStep(words[verb], None) for verb in _STRAIGHT_WAY if verb not in told]
        return steps

    # --- what can still be done ---

    @cached_property
    def undoable(self) -> list[Line]:
        """The lines that the customer can undo alone, now."""
        return undoable_lines(self.order)

    @property
    def undoable_amount(self) -> Money:
        return sum((line.price * line.left for line in self.undoable), self._nothing)

    @property
    def can_be_stopped(self) -> bool:
        """Whether a parcel is beyond the customer's own undo, but not at the door: we can still be asked to stop it."""
        return any(parcel.state in (ParcelState.PACKED, ParcelState.HANDED_OVER) for parcel in self.parcels)


def undoable_lines(order: Order) -> list[Line]:
    """What `undo_order` would undo now; the action asks again, as this may be a page old."""
    if order.state != OrderState.CONFIRMED:
        return []
    parcels = list(order.parcels.all())
    all_wait = bool(parcels) and all(parcel.state == ParcelState.WAITING for parcel in parcels)
    return [line for line in order.lines.all() if line.left and (_is_unwatched(line) if line.is_film else all_wait)]


def _is_unwatched(line: Line) -> bool:
    access = getattr(line, "access", None)
    return access is not None and access.state == AccessState.GRANTED and not access.counts_as_watched


def watched(line: Line) -> Watched | None:
    """How far the film of a line was watched; None for what is no film or was never granted."""
    access = getattr(line, "access", None)
    if access is None:
        return None
    seconds = access.watched_s
    length_s = _length_s(line)
    if not seconds:
        words = _("opened") if access.counts_as_watched else _("not at all")
    elif not access.counts_as_watched:
        words = ngettext("%(count)s second: too little to count", "%(count)s seconds: too little to count", seconds)
        words %= {"count": seconds}
    elif length_s and seconds >= length_s:
        words = _("to the end")
    elif length_s:
        words = _("%(seen)s of %(length)s") % {"seen": _clock(seconds), "length": _clock(length_s)}
    else:
        words = _clock(seconds)
    percent = min(100, seconds * 100 // length_s) if length_s else None
    return Watched(words, percent, access.counts_as_watched)


def _length_s(line: Line) -> int:
    return getattr(line.product, "film_s", None) or (line.product.minutes or 0) * 60


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}"


def _expected(refund: Refund) -> datetime | None:
    if refund.state in (RefundState.SETTLED, RefundState.FAILED, RefundState.RELEASED):
        return None
    return refund.asked_at + timedelta(days=settings.MIOBOE_REFUND_DAYS)
