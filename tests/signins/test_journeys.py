"""How far apart two sign-ins that follow each other are: told to the agent, coarsely, and never decided by."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from mioboe.signins.journeys import Journey, journeys_to
from mioboe.signins.models import SignIn
from mioboe.signins.places import point_of
from tests import world

pytestmark = pytest.mark.django_db
TOKYO, EDOGAWA, OSAKA = "133.11.0.1", "133.14.192.1", "133.16.128.1"
ROME, TOR, ABOUT_US = "5.2.3.4", "185.220.101.1", "8.8.8.8"
NOW = timezone.now()
PLACES = {
    TOKYO: ("JP", "Tokyo"),
    EDOGAWA: ("JP", "Tokyo"),
    OSAKA: ("JP", "Osaka"),
    ROME: ("IT", ""),
    TOR: ("DE", ""),
    ABOUT_US: ("US", ""),
}


def signed_in(person, *ways: tuple[str | None, float]) -> list[SignIn]:
    """Sign-ins from these addresses, each so many minutes ago, oldest first."""
    made = []
    for ip, minutes in ways:
        country, prefecture = PLACES.get(ip, ("", ""))
        facts = {"person": person, "session_digest": "x", "is_familiar": True}
        at = NOW - timedelta(minutes=minutes)
        made.append(SignIn.objects.create(ip=ip, at=at, country=country, prefecture=prefecture, **facts))
    return made


def way(*ways: tuple[str | None, float]) -> Journey | None:
    person = world.customer()
    last = signed_in(person, *ways)[-1]
    return journeys_to(person, [last]).get(last.pk)


def test_tokyo_to_osaka_in_twenty_minutes_is_not_possible_by_travel():
    found = way((EDOGAWA, 20), (OSAKA, 0))
    assert not found.is_possible
    with override("en"):
        assert found.words == "Tokyo → Osaka, about 400 km in 20 min"
    with override("ja"):
        assert found.words == "東京都 → 大阪府、約400 km、20分"


@pytest.mark.parametrize(
    ("start", "end", "minutes", "possible"),
    [
        (EDOGAWA, OSAKA, 180, True),  # the train
        (OSAKA, ROME, 60, False),
        (OSAKA, ROME, 13 * 60, True),  # the aeroplane
        (ROME, TOR, 30, False),
        (OSAKA, ABOUT_US, 30, False),  # somewhere in the United States
    ],
)
def test_what_travel_can_do(start, end, minutes, possible):
    assert way((start, minutes), (end, 0)).is_possible is possible


@pytest.mark.parametrize(
    "ways",
    [
        ((TOKYO, 5), (EDOGAWA, 0)),  # near
        ((EDOGAWA, 25 * 60), (OSAKA, 0)),  # a day apart
        ((EDOGAWA, 20), (EDOGAWA, 0)),
        ((None, 20), (OSAKA, 0)),
        ((EDOGAWA, 20), ("10.0.0.1", 0)),
        ((OSAKA, 0),),
        ((EDOGAWA, 30), (TOKYO, 20), (TOKYO, 0)),
    ],
)
def test_where_nothing_can_be_said_nothing_is(ways):
    assert way(*ways) is None


def test_no_more_digits_than_are_known():
    assert point_of(ABOUT_US).within_km > point_of(OSAKA).within_km
    assert way((OSAKA, 30), (ABOUT_US, 0)).km % 1000 == 0


def test_each_is_held_against_the_one_before_it_whatever_else_is_shown(django_assert_num_queries):
    person, other = world.customer(), world.customer("other@customer.example")
    tokyo, osaka, again = signed_in(person, (EDOGAWA, 60), (OSAKA, 40), (EDOGAWA, 20))
    signed_in(other, (ROME, 30))
    with django_assert_num_queries(2):
        found = journeys_to(person, [tokyo, again])
    assert found.keys() == {again.pk} and found[again.pk].before == osaka
    assert journeys_to(person, []) == {}


def test_without_the_data_there_are_no_ways(monkeypatch):
    monkeypatch.setattr("mioboe.signins.places._data", lambda version: None)
    assert way((EDOGAWA, 20), (OSAKA, 0)) is None


def test_the_agent_sees_it_and_the_customer_does_not(client):
    from mioboe.cases.actions import open_case
    from mioboe.cases.models import ProofKind

    hana = world.customer()
    signed_in(hana, (EDOGAWA, 20), (OSAKA, 1))
    case = open_case(hana, world.bought(hana), ProofKind.SESSION)
    client.force_login(world.agent())
    for path in (f"/desk/cases/{case.number}/", f"/desk/cases/{case.number}/sign-ins/"):
        page = client.get(path, headers={"accept-language": "en"}).content.decode()
        assert 'data-journey="not"' in page and "not possible by travel" in page and "it proves nothing" in page
    client.force_login(hana)
    assert "data-journey" not in client.get("/help/safety/sign-ins/").content.decode()
