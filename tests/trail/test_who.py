"""Who did it, from where, and whose history is shown."""

import pytest
from django.test import Client

from mioboe.cases.actions import open_case
from mioboe.cases.models import ProofKind
from mioboe.trail.actions import record, timeline
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


def test_every_entry_says_who_and_from_where():
    hana, kaori = world.customer(), world.agent()
    order = world.bought(hana)
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.force_login(hana)
    client.post(f"/help/orders/{order.number}/")
    opened = Entry.objects.get(verb="case.opened")
    assert (opened.actor_kind, opened.actor, opened.ip, opened.customer) == ("customer", hana, "203.0.113.9", hana)
    client.force_login(kaori)
    client.get(f"/desk/cases/{opened.detail['number']}/")
    looked = Entry.objects.get(verb="case.viewed")
    assert (looked.actor_kind, looked.actor, looked.customer) == ("agent", kaori, hana)
    record("case.resolved", ["case:X"])
    assert Entry.objects.get(verb="case.resolved").actor_kind == "system"


def test_a_timeline_tells_of_what_it_is_asked_about_only():
    hana, ben = world.customer(), world.customer("ben@customer.example")
    mine = open_case(hana, None, ProofKind.SESSION)
    theirs = open_case(ben, None, ProofKind.SESSION)
    assert {entry.customer for entry in timeline(mine.ref)} == {hana}
    assert {entry.customer for entry in timeline(mine.ref, theirs.ref)} == {hana, ben}
    assert timeline(mine.ref, limit=1).count() == 1
