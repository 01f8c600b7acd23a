"""Sign-ins that failed, for the history that the account's owner sees. Never learned from, and never what was typed."""

from datetime import UTC, datetime

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from mioboe.people.models import Person
from mioboe.signins.actions.notices import tries_at, was_told_of_tries
from mioboe.signins.browsers import clean
from mioboe.signins.models import Attempt
from mioboe.signins.places import Place, place_of

# Addresses told apart for one account within an hour; more of them share one row, however many there are.
MOST_ADDRESSES = 20


@transaction.atomic
def note_attempt(
    person: Person | None, ip: str | None, user_agent: str, method: str = "password", at: datetime | None = None
) -> None:
    """Notes a failed sign-in; `person` is None where no account has that mail address, which costs the same work and tells nothing.
    May be called as often as somebody tries: an hour has at most 21 rows an account. When they are many, a job tells the owner.
    `at`: now, where not given."""
    now = at or timezone.now()
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    others = Attempt.objects.filter(person=person, at=hour)
    if ip and not others.filter(ip=ip).exists() and others.count() >= MOST_ADDRESSES:
        ip = None
    place = place_of(ip) if ip else Place()
    _count(person, hour, now, ip, place, clean(user_agent), method)
    # A job writes the mail, so that how long the answer takes does not tell whether there is an account.
    if tries_at(person).are_many and person and not was_told_of_tries(person):
        app.configure_task("signins.tell_of_tries").defer(person_id=person.pk)


def _count(
    person: Person | None, hour: datetime, now: datetime, ip: str | None, place: Place, user_agent: str, method: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO signins_attempt AS a (person_id, at, last_at, times, ip, country, prefecture, asn, user_agent, method)"
            " VALUES (%s, %s, %s, 1, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (coalesce(person_id, 0), at, coalesce(ip, '0.0.0.0'::inet)) DO UPDATE"
            " SET times = a.times + 1, last_at = excluded.last_at, user_agent = excluded.user_agent, method = excluded.method",
            [person.pk if person else None, hour, now, ip, place.country, place.prefecture, place.asn, user_agent, method[:20]],
        )  # fmt: skip
