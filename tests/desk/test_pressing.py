"""What the agent presses: once, twice, too late, in the wrong case, without proof."""

import pytest
from django.test import Client

from mioboe.calls import actions as calls
from mioboe.calls.models import Callback, CallbackState, Duty, DutyState
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind, Remedy, RemedyState
from mioboe.people.models import Person
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def kaori() -> Person:
    return world.agent()


@pytest.fixture
def desk(kaori) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(kaori)
    return client


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    return open_case(hana, world.bought(hana), ProofKind.MAILBOX)


def resolve(desk, case, *remedies, **headers) -> str:
    path = f"/desk/cases/{case.number}/resolve/"
    return desk.post(path, {"remedy": remedies}, follow=True, headers=headers).content.decode()


def test_without_proof_nothing_is_planned_and_the_agent_is_told(desk, case):
    case.proofs.all().delete()
    assert "has not confirmed enough" in resolve(desk, case, "refund")
    assert not Remedy.objects.exists()


def test_nothing_new_ticked_is_told(desk, case):
    assert "Nothing new was chosen" in resolve(desk, case)
    resolve(desk, case, "refund")
    assert "Nothing new was chosen" in resolve(desk, case, "refund")
    assert Remedy.objects.count() == 1


def test_a_remedy_that_does_not_exist_takes_the_others_down_with_it(desk, case):
    assert "no such remedy" in resolve(desk, case, "refund", "give_account")
    assert not Remedy.objects.exists()


def test_pressed_by_htmx_the_case_itself_comes_back(desk, case):
    page = resolve(desk, case, "cancel", **{"HX-Request": "true"})
    assert 'data-remedy="cancel"' in page and "<html" not in page


def test_only_a_failed_remedy_of_this_very_case_is_tried_again(desk, case):
    failed = Remedy.objects.create(case=case, kind="cancel", state=RemedyState.FAILED, problem="shut")
    ben = world.customer("ben@customer.example")
    other = open_case(ben, None, ProofKind.SESSION)
    assert desk.post(f"/desk/cases/{other.number}/again/{failed.pk}/").status_code == 404
    failed.refresh_from_db()
    assert failed.state == RemedyState.FAILED
    for _ in range(2):
        assert desk.post(f"/desk/cases/{case.number}/again/{failed.pk}/").status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.problem) == (RemedyState.PLANNED, "")


def test_nobody_decides_or_tries_again_in_a_case_of_their_own(desk, kaori):
    own = open_case(kaori, None, ProofKind.SESSION)
    failed = Remedy.objects.create(case=own, kind="end_sessions", state=RemedyState.FAILED)
    assert desk.post(f"/desk/cases/{own.number}/resolve/", {"remedy": "send_reset_link"}).status_code == 403
    assert desk.post(f"/desk/cases/{own.number}/again/{failed.pk}/").status_code == 403
    assert Remedy.objects.count() == 1


def test_coming_and_going_twice(desk, kaori):
    for verb, state in (("on", DutyState.AVAILABLE), ("away", DutyState.AWAY)):
        for _ in range(2):
            assert desk.post(f"/desk/duty/{verb}/", {"takes_at_once": "1"}).status_code == 302
        assert Duty.objects.get(agent=kaori).state == state
    assert Duty.objects.get(agent=kaori).takes_at_once
    assert desk.post("/desk/duty/explode/").status_code == 404


def test_the_telephone_pressed_twice_and_verbs_that_do_not_exist(desk, kaori, case):
    calls.go_on_duty(kaori, takes_at_once=False)
    callback = calls.request_callback(case, world.NUMBER, "en")
    path = f"/desk/calls/{callback.pk}"
    assert [desk.post(f"{path}/take/").status_code for _ in range(2)] == [204, 409]
    assert [desk.post(f"{path}/hang_up/").status_code for _ in range(2)] == [204, 204]
    assert desk.post(f"{path}/explode/").status_code == 404
    for sent in ("²", "-1", "1" * 10, ""):
        assert desk.post(f"{path}/audio/", {"sent": sent, "received": "1"}).status_code == 204
    callback.refresh_from_db()
    assert (callback.state, callback.audio) == (CallbackState.MISSED, {})
    assert Callback.objects.count() == 1
