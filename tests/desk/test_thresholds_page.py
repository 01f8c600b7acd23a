from urllib.parse import parse_qs, urlsplit

import pytest

from mioboe.people.models import Person, Role
from mioboe.signins import actions
from mioboe.signins.models import Level, Threshold
from mioboe.trail.models import Entry
from tests import world
from tests.api.programs import CHROME, HOME, IPHONE
from tests.people.signing_in import confirm

pytestmark = pytest.mark.django_db
PATH = "/desk/thresholds/"


@pytest.fixture
def operator(client):
    person = Person.objects.create_user("ops@desk.example", world.PASSWORD, role=Role.OPERATOR, language="en")
    client.force_login(person)
    return client


@pytest.fixture
def month():
    """Seven sign-ins, one of them of a stranger; the operator’s own is the eighth."""
    hana = world.customer()
    for _ in range(6):
        actions.note_told(hana, actions.Told(HOME, CHROME, "", "", None, None))
    actions.note_told(hana, actions.Told("8.8.8.8", IPHONE, "", "", None, None))
    actions.fold()


def choice(low, high, do="show"):
    return {"unfamiliar": low, "very_unfamiliar": high, "do": do}


def test_it_says_what_each_choice_would_have_touched(operator, month):
    page = operator.get(PATH).content.decode()
    assert "Unusual from 0.0: would have touched <strong>1</strong>" in page and "of 8 sign-ins (12.5 %)" in page
    page = operator.post(PATH, choice("-8", "8")).content.decode()
    # Both accounts’ first have no score, the others have.
    assert "Unusual from -8.0: would have touched <strong>6</strong>" in page
    assert "Very unusual from 8.0: would have touched <strong>0</strong>" in page
    assert not Threshold.objects.exists() and not Entry.objects.filter(verb="thresholds.set").exists()


def test_with_htmx_only_what_is_touched_is_redrawn(operator, month):
    page = operator.post(PATH, choice("-8", "8"), headers={"HX-Request": "true"}).content.decode()
    assert "<strong>6</strong>" in page and "<form" not in page


def test_to_set_them_asks_the_operator_once_more_and_keeps_the_choice(operator, month):
    answer = operator.post(PATH, choice("0.5", "1.5", "set"))
    assert answer.status_code == 302 and answer["Location"].startswith("/account/reauthenticate/?next=")
    assert not Threshold.objects.exists()
    going_on = parse_qs(urlsplit(answer["Location"]).query)["next"][0]
    page = confirm(operator, going_on=going_on)
    assert page["Location"] == going_on == f"{PATH}?unfamiliar=0.5&very_unfamiliar=1.5"
    page = operator.get(going_on).content.decode()
    assert 'value="0.5"' in page and "a choice, not set" in page and not Threshold.objects.exists()
    operator.post(PATH, choice("0.5", "1.5", "set"))
    assert Threshold.objects.count() == 2


def test_an_operator_sets_them_and_takes_it_back(operator):
    confirm(operator)
    assert operator.post(PATH, choice("0.5", "1.5", "set")).status_code == 302
    assert actions.thresholds() == {Level.UNFAMILIAR: 5, Level.VERY_UNFAMILIAR: 15}
    entry = Entry.objects.get(verb="thresholds.set")
    assert entry.actor.email == "ops@desk.example" and entry.detail["unfamiliar_before"] == "0.0"
    page = operator.get(PATH).content.decode()
    assert "Thresholds set: unusual from 0.5 (before: 0.0)" in page
    undo = {name: entry.detail[f"{name}_before"] for name in ("unfamiliar", "very_unfamiliar")}
    operator.post(PATH, {**undo, "do": "set"})
    assert actions.thresholds() == {Level.UNFAMILIAR: 0, Level.VERY_UNFAMILIAR: 10}
    operator.post(PATH, {**undo, "do": "set"})
    assert Entry.objects.filter(verb="thresholds.set").count() == 2


@pytest.mark.parametrize(
    ("low", "high"),
    [("", ""), ("x", "1"), ("9", "9"), ("-9", "1"), ("1.25", "2"), ("2", "1"), ("NaN", "1"), ("1e400", "2")],
)
def test_what_cannot_be_is_refused(operator, low, high):
    assert operator.post(PATH, choice(low, high, "set")).status_code == 422
    assert not Threshold.objects.exists()


def test_there_is_a_page_before_there_are_sign_ins(operator):
    assert "No sign-in has been counted yet" in operator.get(PATH).content.decode()
