"""What customers contact us about: the operator's lists, and which of them fit what somebody has chosen so far."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Max

from mioboe.cases.models import Detail, LeadsTo, OfferedFor, Topic
from mioboe.orders.models import Kind, Order
from mioboe.people.models import Person
from mioboe.trail.actions import record

# As the trail names the lists.
TOPIC = "contact-topics"
STEP = 10  # between places, so that one more fits between two


def offered_for(order: Order | None) -> set[str]:
    """What an order (its lines' kinds), or none, lets topics be offered for."""
    if order is None:
        return {OfferedFor.NOTHING}
    kinds = {Kind.FILM: OfferedFor.FILM, Kind.PARCEL: OfferedFor.PARCEL}
    return {kinds[Kind(line.kind)] for line in order.lines.all()}


def topics_for(order: Order | None, without: Collection[LeadsTo] = ()) -> list[tuple[Topic, list[Detail]]]:
    """The topics in use that fit, in the operator's order, each with its details in use. `without` says where nothing leads now; a
    topic that has no details left is left out."""
    found = Topic.objects.filter(is_in_use=True, offered_for__overlap=sorted(offered_for(order)))
    with_details = [
        (topic, [detail for detail in topic.details.all() if detail.is_in_use and detail.leads_to not in without])
        for topic in found.prefetch_related("details")
    ]
    return [(topic, details) for topic, details in with_details if details]


def detail_of(slug: str) -> Detail | None:
    """A detail by its slug, with its topic; None where nobody may choose it (any more)."""
    in_use = Detail.objects.filter(is_in_use=True, topic__is_in_use=True)
    return in_use.select_related("topic").filter(slug=slug[:30]).first()


def unrecognised() -> Detail | None:
    """What "I don't recognise this order" is about, in the operator's lists; None where they have no such thing."""
    in_use = Detail.objects.filter(is_in_use=True, topic__is_in_use=True, leads_to=LeadsTo.REMEMBER)
    return in_use.select_related("topic").order_by("topic__place", "place").first()


def last_place(rows: "type[Topic] | type[Detail]", **among: object) -> int:
    """The place after the last one."""
    highest: int = rows._default_manager.filter(**among).aggregate(highest=Max("place"))["highest"] or 0
    return highest + STEP


@transaction.atomic
def note_change(row: Topic | Detail, operator: Person, *, is_new: bool) -> None:
    """Puts into the trail that the operator has made or changed one."""
    record(
        f"topic.{'made' if is_new else 'changed'}", [TOPIC], operator, words={"ja": row.words_ja, "en": row.words_en}
    )


@transaction.atomic
def move(row: Topic | Detail, is_up: bool, operator: Person) -> bool:
    """Changes places with the one above or below. False where there is none. Two at once: each moves once."""
    rows = type(row)._default_manager.select_for_update()
    among = {"topic": row.topic} if isinstance(row, Detail) else {}
    beside = list(rows.filter(**among))
    at = next((n for n, one in enumerate(beside) if one.pk == row.pk), None)
    other = None if at is None else at - 1 if is_up else at + 1
    if at is None or other is None or not 0 <= other < len(beside):
        return False
    beside[at], beside[other] = beside[other], beside[at]
    for nth, one in enumerate(beside, start=1):
        if one.place != nth * STEP:
            one.place = nth * STEP
            one.save(update_fields=["place"])
    record("topic.moved", [TOPIC], operator, words={"ja": row.words_ja, "en": row.words_en})
    return True
