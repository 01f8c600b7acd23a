"""How far two sign-ins that follow each other lie apart, for the agent: a hint to ask about, never a proof. Places are about right at best,
and a VPN is somewhere else than its user."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from mioboe.people.models import Person
from mioboe.signins.models import SignIn
from mioboe.signins.places import NAMED_KM, Point, place_words, point_of

# Whoever has had a day may be anywhere.
WITHIN = timedelta(hours=24)
NEAR_KM = 100
# From door to door: the fastest trains and cars; further away, aeroplanes.
GROUND_KM_H, GROUND_UP_TO_KM, AIR_KM_H = 300, 600, 900
EARTH_KM = 6371


@dataclass(frozen=True)
class Journey:
    """From the sign-in before to this one."""

    before: SignIn
    after: SignIn
    km: int  # about
    is_possible: bool  # by travel, as far as such coarse places tell

    @property
    def words(self) -> str:
        """ "Tokyo → Osaka, about 400 km in 20 min" in the reader's language."""
        places = [place_words(one.country, one.prefecture) for one in (self.before, self.after)]
        minutes = int((self.after.at - self.before.at).total_seconds() // 60)
        if minutes < 60:
            time = _("%(minutes)s min") % {"minutes": minutes}
        else:
            time = _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
        facts = {"from": places[0], "to": places[1], "km": f"{self.km:,}", "time": time}
        return _("%(from)s → %(to)s, about %(km)s km in %(time)s") % facts


def journeys_to(person: Person, sign_ins: Iterable[SignIn]) -> dict[int, Journey]:
    """For each of these sign-ins of the person, by its id, the way from the one before it; left out where they lie near each other or a
    day apart, or nobody knows where they were. Two queries."""
    rows = {one.pk: one for one in sign_ins}
    if not rows:
        return {}
    befores = _befores(person, rows)
    found = SignIn.objects.filter(person=person, pk__in=[pk for pk in befores.values() if pk])
    by_pk = {one.pk: one for one in found}
    ways = {pk: _way(by_pk[before], rows[pk]) for pk, before in befores.items() if before in by_pk}
    return {pk: way for pk, way in ways.items() if way is not None}


def _befores(person: Person, rows: dict[int, SignIn]) -> dict[int, int | None]:
    """Which sign-in came before each, within a day."""
    earlier = SignIn.objects.filter(person=person, at__lt=OuterRef("at"), at__gte=OuterRef("at") - WITHIN)
    # The times bound the months that are looked through.
    times = [one.at for one in rows.values()]
    ours: Any = SignIn.objects.filter(person=person, pk__in=list(rows), at__gte=min(times), at__lte=max(times))
    return dict(
        ours.annotate(before=Subquery(earlier.order_by("-at", "-pk").values("pk")[:1])).values_list("pk", F("before"))
    )


def _way(before: SignIn, after: SignIn) -> Journey | None:
    if before.ip == after.ip or not before.ip or not after.ip:
        return None
    start, end = point_of(before.ip), point_of(after.ip)
    if start is None or end is None:
        return None
    apart = _apart_km(start, end)
    surely = apart - start.within_km - end.within_km
    if surely < NEAR_KM:
        return None
    hours = (after.at - before.at).total_seconds() / 3600
    needed = surely / (GROUND_KM_H if surely <= GROUND_UP_TO_KM else AIR_KM_H)
    is_coarse = max(start.within_km, end.within_km) > NAMED_KM
    return Journey(before, after, _about(apart, is_coarse), hours >= needed)


def _apart_km(one: Point, other: Point) -> float:
    """Along the earth's surface (haversine formula)."""
    latitude, longitude = (
        math.radians(other.latitude - one.latitude),
        math.radians(other.longitude - one.longitude),
    )
    level = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    half = math.sin(latitude / 2) ** 2 + level * math.sin(longitude / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1, math.sqrt(half)))


def _about(km: float, is_coarse: bool) -> int:
    """No more digits than are known."""
    step = 1000 if is_coarse else 50 if km < 1000 else 100
    return max(step, round(km / step) * step)
