"""What people read of the trail: a row of looks is one entry; the trail itself keeps them all."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from mioboe.cases.actions import open_case
from mioboe.cases.models import ProofKind
from mioboe.trail.actions import timeline
from mioboe.trail.looks import readable_timeline
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


def add(minutes: int, verb: str = "case.viewed", actor=None) -> Entry:
    at = TEN + timedelta(minutes=minutes)
    return Entry.objects.create(verb=verb, about=["case:X"], actor_kind="agent", actor=actor, at=at)


def told(**limit) -> list[tuple[str, int, int]]:
    return [
        (entry.verb, (entry.at - TEN) // timedelta(minutes=1), entry.looks)
        for entry in readable_timeline("case:X", **limit)
    ]


def test_looks_of_one_person_within_an_hour_are_one_entry():
    kaori = world.agent()
    for minutes in (0, 10, 59, 60, 61):
        add(minutes, actor=kaori)
    assert told() == [("case.viewed", 60, 2), ("case.viewed", 0, 3)]
    assert timeline("case:X").count() == 5


def test_looks_of_two_people_and_of_two_kinds_are_kept_apart():
    kaori, ren = world.agent(), world.agent("ren@desk.example")
    add(0, actor=kaori)
    add(1, actor=ren)
    add(2, "parcels.listed", actor=kaori)
    add(3, actor=kaori)
    assert told() == [("parcels.listed", 2, 1), ("case.viewed", 1, 1), ("case.viewed", 0, 2)]


def test_what_happened_is_never_folded_and_never_pushed_out_by_looks():
    kaori = world.agent()
    add(0, "case.planned")
    add(1, "case.planned")
    for minutes in range(2, 30):
        add(minutes, actor=kaori)
    assert told(limit=3) == [("case.viewed", 2, 28), ("case.planned", 1, 0), ("case.planned", 0, 0)]
    assert told(limit=2) == [("case.viewed", 2, 28), ("case.planned", 1, 0)]


def test_the_customer_and_the_agent_see_one_look(client):
    hana, kaori = world.customer(), world.agent()
    case = open_case(hana, world.bought(hana), ProofKind.MAILBOX)
    client.force_login(kaori)
    for _ in range(3):
        page = client.get(f"/desk/cases/{case.number}/", headers={"accept-language": "en"}).content.decode()
    assert page.count("Agent looked at the case") == 1 and "3 times within the hour" in page
    client.force_login(hana)
    page = client.get(f"/help/cases/{case.number}/", headers={"accept-language": "en"}).content.decode()
    assert page.count("Agent looked at the case") == 1
    assert Entry.objects.filter(verb="case.viewed").count() == 3


@pytest.mark.parametrize(("language", "words"), [("en", "Refunded: ¥1,200"), ("ja", "返金：￥1,200")])
def test_money_is_written_as_in_the_readers_language(language, words):
    refunded = Entry(verb="refund.settled", detail={"amount": 1200})
    with translation.override(language):
        assert refunded.words == words
