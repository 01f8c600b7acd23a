"""Scores out of the database: one account's profile, everybody's tallies, and the fold that keeps the tallies.

PostgreSQL is the truth. A sign-in writes its row, its account's profile and one row of the feed in a single statement; it never
touches a row that many share, so that a popular country or network makes nobody wait. One job takes the feed's rows and adds them
to the tallies in one transaction: killed at any moment it has done all of it or nothing.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection, transaction

from mioboe.signins.browsers import browser_of
from mioboe.signins.familiarity import Features, Profile, features_of
from mioboe.signins.familiarity.keys import KIND_MASK, Kind
from mioboe.signins.familiarity.tallies import MOST_OF_A_KIND
from mioboe.signins.models import AccountProfile, SignIn

# Feed rows taken in one transaction; the job goes on until the feed is empty.
FOLDED_AT_ONCE = 5_000
# Bounds are looked at once in so many folds; until then a kind may grow by what they bring.
FOLDS_BETWEEN_BOUNDS = 20
# Somebody else wrote the profile meanwhile: read again, so often.
MOST_TRIES = 8

_READ = "SELECT sign_ins, keys, counts, days, version FROM signins_accountprofile WHERE person_id = %s"
# The function that does it all is in migration 0002.
_KEEP = (
    "SELECT signins_keep(%s::int, %s::bigint[], %s::int[], %s::int[], %s::int, %s::bigint[], %s::bigint, %s::bigint,"
    " %s::timestamptz, %s::inet, %s::text, %s::text, %s::bigint, %s::text, %s::text, %s::text, %s::bool, %s::bool,"
    " %s::float8, %s::smallint, %s::smallint, %s::jsonb)"
)


def _ask(question: str, parameters: list[Any]) -> tuple[Any, ...] | None:
    """One row from Django's own connection and transaction, but with the parameters sent beside the statement, not pasted into it:
    half the work for the arrays of a profile."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(question, parameters, binary=True).fetchone()


@dataclass
class Known:
    """A profile as it was read."""

    profile: Profile = field(default_factory=Profile)
    version: int = 0


def read_profile(person_id: int) -> Known:
    """One primary-key read."""
    row = _ask(_READ, [person_id])
    if row is None:
        return Known()
    sign_ins, keys, counts, days, version = row
    return Known(Profile(sign_ins, dict(zip(keys, counts, strict=True)), dict(zip(keys, days, strict=True))), version)


def keep(sign_in: SignIn, feed: list[int], known: Known | None) -> int | None:
    """Writes a sign-in down, with what everybody's tallies learn from it and, where `known` is given, the account's profile as it is
    now. One statement. Answers the sign-in's id; None where the profile was changed by somebody else since it was read: nothing was
    written then, read it again."""
    learned: list[Any] = [None] * 5
    if known is not None:
        profile, keys = known.profile, list(known.profile.counts)
        learned = [
            profile.sign_ins,
            _array(keys),
            _array(profile.counts.values()),
            _array([profile.days[key] for key in keys]),
            known.version,
        ]
    row = [
        sign_in.person_id, sign_in.device_id, sign_in.at, sign_in.ip, sign_in.country, sign_in.prefecture, sign_in.asn,
        sign_in.user_agent, sign_in.session_digest, sign_in.method, sign_in.is_familiar, sign_in.is_very_unfamiliar,
        sign_in.score, sign_in.network_seen, sign_in.device_seen, json.dumps(sign_in.reasons),
    ]  # fmt: skip
    kept = _ask(_KEEP, [*learned, _array(feed), *row])
    return kept[0] if kept else None


def _array(numbers: Iterable[int]) -> str:
    """PostgreSQL's text form: a tenth of the work of having the list adapted number by number."""
    return "{" + ",".join(map(str, numbers)) + "}"


def learn(sign_in: SignIn) -> None:
    """Takes an unusual sign-in into its account's profile after all: the customer said "this was me", or passed a second step.
    Everybody's tallies had it already. The caller sees to it that it is called once for a sign-in."""
    shown = shown_by(sign_in.ip, sign_in.country, sign_in.asn, sign_in.user_agent)
    with transaction.atomic():
        AccountProfile.objects.get_or_create(person_id=sign_in.person_id)
        AccountProfile.objects.select_for_update().get(pk=sign_in.person_id)
        known = read_profile(sign_in.person_id)
        known.profile.learn(shown, day_of(sign_in))
        keys = list(known.profile.counts)
        AccountProfile.objects.filter(pk=sign_in.person_id).update(
            sign_ins=known.profile.sign_ins,
            keys=keys,
            counts=[known.profile.counts[key] for key in keys],
            days=[known.profile.days[key] for key in keys],
            version=known.version + 1,
        )


def day_of(sign_in: SignIn) -> int:
    """The day as profiles count it: days since 1970, UTC."""
    return int(sign_in.at.timestamp() // 86400)


def fold() -> int:
    """Adds what the feed holds to everybody's tallies, and empties it; answers how many sign-ins. May be called twice, by any
    number of processes at once, and killed at any moment."""
    done = 0
    while True:
        taken = _fold_once()
        done += taken
        if taken < FOLDED_AT_ONCE:
            return done


@transaction.atomic
def _fold_once() -> int:
    with connection.cursor() as cursor:
        # Whoever holds this row folds; the others wait, and find the feed empty.
        cursor.execute(
            "INSERT INTO signins_fold (id, fold, sign_ins, cleared) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING"
        )
        cursor.execute("SELECT fold FROM signins_fold WHERE id = 1 FOR UPDATE")
        number = cursor.fetchone()[0] + 1
        cursor.execute(
            "WITH taken AS (DELETE FROM signins_feed WHERE id IN (SELECT id FROM signins_feed ORDER BY id LIMIT %s) RETURNING keys),"
            " sums AS (SELECT key, count(*) AS more FROM taken, unnest(keys) AS key GROUP BY key ORDER BY key),"
            " added AS (INSERT INTO signins_tally AS t (key, count, fold) SELECT key, more, %s FROM sums"
            "  ON CONFLICT (key) DO UPDATE SET count = t.count + excluded.count, fold = excluded.fold)"
            " SELECT count(*) FROM taken",
            [FOLDED_AT_ONCE, number],
        )
        taken = cursor.fetchone()[0]
        if taken:
            cursor.execute("UPDATE signins_fold SET fold = %s, sign_ins = sign_ins + %s WHERE id = 1", [number, taken])
            if number % FOLDS_BETWEEN_BOUNDS == 0:
                _forget_rare(number)
    return taken


def _forget_rare(number: int) -> None:
    """Holds each kind to its bound, and a tenth below it: the rarest go, of these the ones longest unchanged. They stay for a while
    as zeroes, so that every process hears of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key & %s, count(*) FROM signins_tally WHERE count > 0 GROUP BY 1", [KIND_MASK])
        over = {
            kind: count - MOST_OF_A_KIND[Kind(kind)] * 9 // 10
            for kind, count in cursor.fetchall()
            if kind in MOST_OF_A_KIND and count > MOST_OF_A_KIND[Kind(kind)]
        }
        if not over:
            return
        cursor.execute("DELETE FROM signins_tally WHERE count = 0")
        cursor.execute("UPDATE signins_fold SET cleared = %s WHERE id = 1", [number - 1])
        for kind, count in over.items():
            cursor.execute(
                "UPDATE signins_tally SET count = 0, fold = %s WHERE key IN (SELECT key FROM signins_tally"
                " WHERE key & %s = %s AND count > 0 ORDER BY count, fold LIMIT %s)",
                [number, KIND_MASK, kind, count],
            )


def shown_by(ip: str | None, country: str, asn: int | None, user_agent: str) -> Features:
    read = browser_of(user_agent)
    return features_of(ip, country, asn, user_agent, read.browser, read.system, read.type)
