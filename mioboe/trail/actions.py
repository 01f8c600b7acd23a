from typing import Any

from django.db.models import QuerySet

from mioboe.people.models import Person
from mioboe.site.rows import add
from mioboe.trail.context import acting
from mioboe.trail.models import Entry


def record(verb: str, about: list[str], customer: Person | None = None, **detail: Any) -> None:
    """Adds an entry in the current transaction: it is there exactly if what it tells of is. `about` are references such
    as "order:K7QM2X9P"; `detail` holds ids and plain values, no names, mail addresses, numbers or street addresses."""
    actor = acting()
    add(
        Entry(
            verb=verb,
            about=about,
            customer=customer,
            actor_kind=actor.kind,
            actor=actor.person,
            ip=actor.ip,
            detail=detail,
        )
    )


def timeline(*about: str, limit: int = 200) -> QuerySet[Entry]:
    """The newest `limit` entries about any of these, newest first."""
    return Entry.objects.filter(about__overlap=list(about)).select_related("actor").order_by("-at", "-id")[:limit]
