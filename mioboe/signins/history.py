"""An account's sign-ins, those that failed among them, newest first: for its owner and for the agent.

A page costs a fixed number of queries, however long the history is. Failures are told by the hour and place ("11 tries from Hokkaido,
03:00–04:00"): a hundred rows of one night would hide the one that matters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Max, Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from mioboe.people.models import Person
from mioboe.signins.browsers import browser_of
from mioboe.signins.models import Attempt, Notice, SignIn
from mioboe.signins.networks import network_name
from mioboe.signins.words import browser_words, device_words, first_step_words, reason_words, second_step_words

PAGE_SIZE = 20
FILTERS = {"": _("all"), "unusual": _("unusual"), "failed": _("failed")}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Of two rows with the same time sign-ins come first.
_SIGN_IN, _FAILED = 1, 0


@dataclass(frozen=True, order=True)
class Key:
    """Where a row stands in the list; the greatest is the newest."""

    at: datetime
    kind: int
    pk: int

    @property
    def text(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.kind}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The key that `text` stands for; None where it is none."""
        match = re.fullmatch(r"(\d{1,17})-([01])-(\d{1,18})", text, re.ASCII)
        try:
            return cls(_EPOCH + timedelta(microseconds=int(match[1])), int(match[2]), int(match[3])) if match else None
        except OverflowError:
            return None


@dataclass(frozen=True)
class Row:
    """A sign-in, or an hour's failures from one place. Words are made when they are shown, in the reader's language."""

    key: Key
    country: str
    prefecture: str
    asn: int | None
    sign_in: SignIn | None = None
    times: int = 1
    until: datetime | None = None  # of failures: the last of them
    user_agent: str = ""
    browsers: int = 1

    @property
    def at(self) -> datetime:
        return self.key.at

    @property
    def hour_ends(self) -> datetime:
        return self.key.at + timedelta(hours=1)

    @property
    def is_failed(self) -> bool:
        return self.sign_in is None

    @property
    def is_unusual(self) -> bool:
        return self.sign_in is not None and not self.sign_in.is_familiar

    @property
    def device(self) -> str:
        if self.sign_in is not None:
            if self.sign_in.device is not None:
                return device_words(self.sign_in.device)
            read = browser_of(self.sign_in.user_agent)
            return browser_words(read.browser, read.system)
        if self.browsers > 1:
            return str(_("several browsers"))
        read = browser_of(self.user_agent)
        return browser_words(read.browser, read.system)

    @property
    def network(self) -> str:
        return network_name(self.asn)

    @property
    def how(self) -> str:
        return first_step_words(self.sign_in.method) if self.sign_in else ""

    @property
    def second_step(self) -> str:
        return second_step_words(self.sign_in.method) if self.sign_in else ""

    @property
    def why(self) -> str:
        return reason_words(self.sign_in) if self.sign_in else ""

    @property
    def notice(self) -> Notice | None:
        try:
            return self.sign_in.notice if self.sign_in else None
        except ObjectDoesNotExist:
            return None


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    newer: Key | None
    older: Key | None


@dataclass(frozen=True)
class PlaceCount:
    """How many sign-ins of the last six months came from a place."""

    country: str
    prefecture: str
    sign_ins: int = 0
    unusual: int = 0
    failed: int = 0


def page_of(
    person: Person, which: str = "", older_than: Key | None = None, newer_than: Key | None = None, size: int = PAGE_SIZE
) -> Page:
    """A page of the history: the newest rows, those that follow `older_than`, or those just above `newer_than`. `which` is one of
    FILTERS; what is none asks for all. Near the top a page reached upwards is filled up from the top."""
    if newer_than is not None:
        rows = _rows(person, which, size + 1, newer_than=newer_than)
        if len(rows) > size:
            rows = list(reversed(rows[:size]))
            return Page(rows, newer=rows[0].key, older=rows[-1].key)
        older_than = None
    rows = _rows(person, which, size + 1, older_than=older_than)
    has_more, rows = len(rows) > size, rows[:size]
    newer = (rows[0].key if rows else older_than) if older_than is not None else None
    return Page(rows, newer=newer, older=rows[-1].key if has_more else None)


def every_row(person: Person, which: str = "") -> Iterator[Row]:
    """All of them, newest first, some at a time."""
    last: Key | None = None
    while True:
        page = page_of(person, which, older_than=last, size=10 * PAGE_SIZE)
        yield from page.rows
        if page.older is None:
            return
        last = page.older


def counts_by_place(person: Person) -> list[PlaceCount]:
    """Where the account was signed in to, and where that failed; the places with the most sign-ins first. Two queries."""
    by_place: dict[tuple[str, str], dict[str, int]] = {}
    sign_ins = SignIn.objects.filter(person=person).values_list("country", "prefecture")
    for country, prefecture, all_, unusual in sign_ins.annotate(
        Count("pk"), unusual=Count("pk", filter=Q(is_familiar=False))
    ):
        by_place[country, prefecture] = {"sign_ins": all_, "unusual": unusual}
    failed = Attempt.objects.filter(person=person).values_list("country", "prefecture").annotate(Sum("times"))
    for country, prefecture, times in failed:
        by_place.setdefault((country, prefecture), {})["failed"] = times
    counts = [PlaceCount(country, prefecture, **numbers) for (country, prefecture), numbers in by_place.items()]
    return sorted(counts, key=lambda count: (-count.sign_ins, -count.failed, count.country, count.prefecture))


def _rows(
    person: Person, which: str, most: int, older_than: Key | None = None, newer_than: Key | None = None
) -> list[Row]:
    """At most `most` rows: from the top or from `older_than` downwards, or from `newer_than` upwards."""
    found: list[Row] = []
    if which != "failed":
        found += _sign_ins(person, which == "unusual", most, older_than, newer_than)
    if which != "unusual":
        found += _failures(person, most, older_than, newer_than)
    return sorted(found, key=lambda row: row.key, reverse=newer_than is None)[:most]


def _sign_ins(person: Person, unusual: bool, most: int, older_than: Key | None, newer_than: Key | None) -> list[Row]:
    rows = SignIn.objects.filter(person=person).select_related("device", "notice")
    if unusual:
        rows = rows.filter(is_familiar=False)
    rows = rows.filter(_beyond(_SIGN_IN, "pk", older_than, newer_than))
    sign = "" if newer_than else "-"
    return [
        Row(Key(one.at, _SIGN_IN, one.pk), one.country, one.prefecture, one.asn, sign_in=one)
        for one in rows.order_by(f"{sign}at", f"{sign}pk")[:most]
    ]


def _failures(person: Person, most: int, older_than: Key | None, newer_than: Key | None) -> list[Row]:
    hours: Any = Attempt.objects.filter(person=person).values("at", "country", "prefecture")
    hours = hours.annotate(
        number=Min("pk"),
        all_times=Sum("times"),
        until=Max("last_at"),
        least_asn=Min("asn"),
        most_asn=Max("asn"),
        browser=Max("user_agent"),
        browsers=Count("user_agent", distinct=True),
    ).filter(_beyond(_FAILED, "number", older_than, newer_than))
    sign = "" if newer_than else "-"
    return [
        Row(
            Key(one["at"], _FAILED, one["number"]),
            one["country"],
            one["prefecture"],
            one["least_asn"] if one["least_asn"] == one["most_asn"] else None,
            times=one["all_times"],
            until=one["until"],
            user_agent=one["browser"],
            browsers=one["browsers"],
        )
        for one in hours.order_by(f"{sign}at", f"{sign}number")[:most]
    ]


def _beyond(kind: int, number: str, older_than: Key | None, newer_than: Key | None) -> Q:
    """The rows of a kind on the other side of a key."""
    key, way = (newer_than, "gt") if newer_than else (older_than, "lt")
    if key is None:
        return Q()
    same_time = Q(at=key.at)
    if kind == key.kind:
        return Q(**{f"at__{way}": key.at}) | same_time & Q(**{f"{number}__{way}": key.pk})
    is_beyond = kind > key.kind if newer_than else kind < key.kind
    return Q(**{f"at__{way}": key.at}) | (same_time if is_beyond else Q(pk__in=[]))
