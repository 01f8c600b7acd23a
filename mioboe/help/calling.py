"""The form that asks for a call: which number, now or later, in which language. Three pages share it: contact by telephone, a case's
"call me", and changing a call that waits."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mioboe.calls.matching import expected_wait, place_in_queue
from mioboe.calls.models import Callback
from mioboe.calls.numbers import NotCalled, example, grouped_countries, home_region, number_to_call
from mioboe.calls.opening import SOON, Closed, Slot, moment_of, opening
from mioboe.calls.opening_words import day_words, with_shops_clock
from mioboe.people.models import Language, Person

TYPED = "typed"
KEPT = "kept"  # the number of the call that waits already
LONGEST_TYPED = 100
LANGUAGES = tuple(Language.values)


@dataclass(frozen=True)
class Wish:
    """What somebody asked for, understood."""

    number: str  # E.164; "" to leave it as it is
    due_at: datetime | None  # None: now, or as it is
    language: str
    is_typed: bool
    keeps_time: bool = False


@dataclass
class CallForm:
    """What was typed and chosen, what is wrong with it, and what there is to choose from."""

    person: Person
    which: str = ""
    country: str = ""
    typed: str = ""
    language: str = ""
    at: str = ""
    problem: str = ""  # of the number
    time_problem: str = ""
    changing: Callback | None = None
    _phones: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, request: HttpRequest, person: Person, changing: Callback | None = None) -> "CallForm":
        """As it was sent, or, not sent yet, filled in with what is known."""
        sent = request.POST
        phones = list(person.phones.order_by("since", "pk"))
        first = KEPT if changing else str(phones[0].pk) if phones else TYPED
        language = sent.get("language", changing.language if changing else get_language() or "ja")[:2]
        return cls(
            person=person,
            which=sent.get("which", TYPED if request.method == "POST" else first),
            country=sent.get("country", "")[:2] or home_region(),
            typed=sent.get("number", "")[:LONGEST_TYPED],
            language=language if language in LANGUAGES else "ja",
            at=sent.get("at", "")[:20],
            changing=changing,
            _phones=phones,
        )

    # --- what was asked for ---

    def read(self, when: str) -> Wish | None:
        """The wish, for one of the buttons (now, soon, at, keep); None where something is wrong, which the form then says."""
        number = self._number()
        due_at = self._due_at(when)
        if self.problem or self.time_problem:
            return None
        return Wish(number, due_at, self.language, self.which == TYPED, keeps_time=when == "keep")

    def _number(self) -> str:
        """The one on file that was chosen, or the typed one; never somebody else's."""
        is_saved = any(str(phone.pk) == self.which for phone in self._phones)
        if self.typed.strip() and (is_saved or (self.which == KEPT and self.changing)):
            # Without a script a number may be typed and another one be chosen: nobody is called who was not meant.
            self.problem = _("Which one? Choose “another number” for this one, or empty the field.")
            return ""
        if self.which == KEPT and self.changing:
            return ""
        for phone in self._phones:
            if str(phone.pk) == self.which:
                return self._called(phone.number.as_e164, "")
        self.which = TYPED
        return self._called(self.typed, self.country)

    def _called(self, typed: str, country: str) -> str:
        try:
            return number_to_call(typed, country)
        except NotCalled as refusal:
            self.problem = str(refusal)
            return ""

    def _due_at(self, when: str) -> datetime | None:
        if when == "keep":
            return None
        now = timezone.now()
        due_at = now if when == "now" else now + SOON if when == "soon" else moment_of(self.at)
        try:
            if due_at is None:
                raise Closed
            opening().check(due_at, now)
        except Closed:
            self.time_problem = _("We do not call at that time. Please choose another one.")
        return None if when == "now" else due_at

    # --- what there is to choose from ---

    @property
    def phones(self) -> list[Any]:
        return self._phones

    @property
    def countries(self) -> list[tuple[bool, list[tuple[str, str, int]]]]:
        return grouped_countries()

    @property
    def example(self) -> str:
        return example(self.country)

    @property
    def languages(self) -> list[tuple[str, str]]:
        return list(Language.choices)

    @property
    def days(self) -> list[tuple[str, list["ShownSlot"]]]:
        """The times that may be asked for, by the viewer's days."""
        shown = list(_shown(opening().slots(timezone.now())))
        return [(day_words(day), list(slots)) for day, slots in groupby(shown, key=lambda slot: slot.day)]


@dataclass(frozen=True)
class ShownSlot:
    key: str
    day: date
    words: str


def _shown(slots: list[Slot]) -> Iterator[ShownSlot]:
    """On the viewer's clock, with the shop's beside it where that shows another time, and with the zone where a clock change gives two
    times one name."""
    zone = timezone.get_current_timezone()
    names = [slot.at.astimezone(zone).replace(tzinfo=None, fold=0) for slot in slots]
    twice = {name for name, times in Counter(names).items() if times > 1}
    for slot, name in zip(slots, names, strict=True):
        local = slot.at.astimezone(zone)
        words = f"{local:%H:%M}" + (f" {local:%Z}" if name in twice else "")
        yield ShownSlot(slot.key, local.date(), with_shops_clock(local, words))


# --- how long it takes -----------------------------------------------------------------------------------------------

SECONDS = timedelta(seconds=10)  # below that it is "within seconds"


@dataclass(frozen=True)
class Waiting:
    """What to expect, honestly."""

    is_open: bool
    opens_at: datetime | None  # when we call again, where nobody is called now
    is_served: bool  # whether anybody who is on duty can serve it
    minutes: int  # 0: within seconds
    place: int  # in the queue; 1 is next


def waiting_for(language: str, about: str) -> Waiting:
    """For somebody who would ask now."""
    now = timezone.now()
    # Behind everybody who waits: no row has so high a key.
    last = Callback(pk=2**62, language=language, about=about, place_at=now, due_at=now)
    return _waiting(last, now)


def waiting_of(callback: Callback) -> Waiting:
    """For somebody who waits."""
    return _waiting(callback, timezone.now())


def _waiting(callback: Callback, now: datetime) -> Waiting:
    hours = opening()
    wait = expected_wait(callback)
    minutes = 0 if wait is None or wait <= SECONDS else max(1, round(wait.total_seconds() / 60))
    is_open = hours.is_open(now)
    return Waiting(is_open, hours.next_open(now), wait is not None, minutes, place_in_queue(callback))
