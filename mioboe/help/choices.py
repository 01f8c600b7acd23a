"""What somebody has chosen on the way to us. It lives in the address, so that the browser's own "back", a reload or another language
loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from mioboe.cases.models import Detail, LeadsTo, Topic
from mioboe.cases.topics import detail_of, offered_for, topics_for
from mioboe.help.callers import Caller
from mioboe.help.channels import Channel, ways
from mioboe.orders.models import Order

# As the address says that it is about no order.
NO_ORDER = "none"
NAMES = ("order", "about", "detail")
LONGEST = 40  # characters of one choice


@dataclass(frozen=True)
class Choices:
    is_told: bool  # whether it was said which order, or that it is about none
    order: Order | None
    topic: Topic | None
    detail: Detail | None

    @property
    def topics(self) -> list[tuple[Topic, list[Detail]]]:
        """What it may be about, each with its details."""
        return topics_for(self.order, leads_nowhere(self.order))

    @property
    def query(self) -> str:
        return self.but()

    def but(self, **other: str) -> str:
        """The query string for these choices, with some of them other; an empty one is not chosen yet, and nothing that follows it."""
        chosen = {
            "order": (self.order.number if self.order else NO_ORDER) if self.is_told else "",
            "about": self.topic.slug if self.topic else "",
            "detail": self.detail.slug if self.detail else "",
        } | other
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def channels(self) -> list[Channel]:
        """By which ways we can be reached about it; all that are there where the operator has no lists."""
        if self.detail is None:
            return ways(("phone", "chat", "mail"))
        return ways(self.detail.ways)

    @property
    def contact_url(self) -> str:
        return f"{reverse('help:contact')}?{self.query}"


def read(asked: Mapping[str, str], caller: Caller) -> Choices:
    """The choices in an address. What does not exist, or fits no more (an order of somebody else, a topic for films where it is about
    a parcel), is not chosen."""
    number, about, slug = (asked.get(name, "").replace("\0", "")[:LONGEST] for name in NAMES)
    order = caller.order(number) if number and number != NO_ORDER else None
    is_told = order is not None or number == NO_ORDER
    if not is_told:
        return Choices(False, None, None, None)
    fits = offered_for(order)
    detail = detail_of(slug) if slug else None
    if detail and (not fits & set(detail.topic.offered_for) or detail.leads_to in leads_nowhere(order)):
        detail = None
    if detail:
        return Choices(True, order, detail.topic, detail)
    for topic, details in topics_for(order, leads_nowhere(order)) if about else []:
        if topic.slug == about:
            # One alone is no choice.
            return Choices(True, order, topic, detail_of(details[0].slug) if len(details) == 1 else None)
    return Choices(True, order, None, None)


def leads_nowhere(order: Order | None) -> set[LeadsTo]:
    """Where nothing leads now: what is about an order where there is none, and what is not there (yet)."""
    nowhere = set() if order else {LeadsTo.REMEMBER, LeadsTo.UNDO, LeadsTo.PARCEL}
    return nowhere if mail_check_url() else nowhere | {LeadsTo.MAIL_CHECK}


def mail_check_url() -> str:
    """Where a mail is checked; "" where that is not there."""
    try:
        return reverse("help:mail_check")
    except NoReverseMatch:
        return ""
