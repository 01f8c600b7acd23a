"""Each remedy by itself: what it is offered for, what it does, and that doing it twice is doing it once."""

import pytest
from procrastinate.jobs import Job

from mioboe.cases import actions
from mioboe.cases.jobs import LONGEST_PAUSE_S, MOST_ATTEMPTS, AskAgain, walk_plan
from mioboe.cases.models import Case, CaseState, ProofKind, Remedy, RemedyState
from mioboe.cases.remedies import KINDS, kind
from mioboe.mails.models import Mail
from mioboe.orders.models import OneClick
from mioboe.payments.gateways import Unsure
from mioboe.payments.gateways.till.models import Return
from mioboe.people.actions import live_sessions
from mioboe.signins.actions import note_sign_in
from mioboe.signins.models import Device
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana():
    return world.customer()


@pytest.fixture
def case(hana) -> Case:
    return actions.open_case(hana, world.everything_to_undo(hana), ProofKind.MAILBOX)


def fresh(remedy: Remedy) -> Remedy:
    return Remedy.objects.select_related("case__order", "case__customer").get(pk=remedy.pk)


@pytest.mark.parametrize("name", KINDS)
def test_done_twice_it_is_done_once(case, name):
    """`do` itself: killed after it was done and not asked whether it is."""
    remedy = Remedy.objects.create(case=case, kind=name, state=RemedyState.RUNNING)
    kind(name).do(fresh(remedy))
    before = (Mail.objects.count(), Return.objects.count(), Entry.objects.count())
    kind(name).do(fresh(remedy))
    assert (Mail.objects.count(), Return.objects.count(), Entry.objects.count()) == before


def test_what_is_undone_is_not_offered_again(case):
    assert actions.offered(case) == list(KINDS)
    for name in KINDS:
        kind(name).do(Remedy.objects.create(case=case, kind=name, state=RemedyState.RUNNING))
    again = Case.objects.get(pk=case.pk)
    undone = [name for name in KINDS if kind(name).applies(again)]
    assert undone == ["end_sessions", "send_reset_link"]  # these are worth doing again
    assert actions.offered(again) == []  # but they are in the plan


def test_a_case_without_an_order_is_offered_what_concerns_the_account(hana):
    case = actions.open_case(hana, None, ProofKind.SESSION)
    assert actions.offered(case) == ["block_one_click", "end_sessions", "send_reset_link"]


def test_an_order_that_was_declined_has_nothing_to_undo():
    hana = world.customer(token="tok-declined")
    case = actions.open_case(hana, world.bought(hana), ProofKind.SESSION)
    assert not {"cancel", "revoke_access", "refund"} & set(actions.offered(case))


def test_signing_out_everywhere_also_forgets_the_devices(case, hana):
    """Nobody is signed in any more, and still the intruder's browser must count as unknown."""
    note_sign_in(hana, None, "", "a-session", "")
    assert live_sessions(hana) == 0
    actions.resolve(case, ["end_sessions"])
    walk_plan.func(case_id=case.pk)
    assert not Device.objects.filter(revoked_at=None).exists()


def test_only_this_customers_sessions_end(case, hana, client):
    ben = world.customer("ben@customer.example")
    client.force_login(ben)
    client.get("/orders/")
    kind("end_sessions").do(Remedy.objects.create(case=case, kind="end_sessions", state=RemedyState.RUNNING))
    assert client.get("/orders/").status_code == 200


def test_only_what_was_chosen_is_planned(case):
    actions.resolve(case, ["refund"])
    assert list(case.remedies.values_list("kind", flat=True)) == ["refund"]
    assert "refund" not in actions.offered(case)
    actions.resolve(case, ["refund", "cancel"])
    assert set(case.remedies.values_list("kind", flat=True)) == {"refund", "cancel"}


def test_a_plan_is_walked_by_its_job_and_walked_again_after_a_failure(case, monkeypatch, no_mail_server, run_jobs):
    def broken(remedy):
        raise RuntimeError("x" * 1000)

    run_jobs()
    with monkeypatch.context() as patched:
        patched.setattr("mioboe.cases.remedies.cancel.do", broken)
        actions.resolve(case, ["cancel", "block_one_click"])
        run_jobs()
    failed = case.remedies.get(kind="cancel")
    assert (failed.state, failed.problem) == (RemedyState.FAILED, "x" * 300)
    assert not OneClick.objects.get().is_on
    assert Entry.objects.filter(verb="remedy.cancel.failed").count() == 1
    assert actions.try_again(failed)
    assert not actions.try_again(Remedy.objects.get(pk=failed.pk))  # pressed in another tab
    run_jobs()
    case.refresh_from_db()
    assert case.state == CaseState.RESOLVED and case.resolved_at
    assert Remedy.objects.get(pk=failed.pk).problem == ""


def test_a_further_remedy_takes_a_resolved_case_back_to_work(case):
    actions.resolve(case, ["cancel"])
    walk_plan.func(case_id=case.pk)
    actions.resolve(case, ["refund"])
    case.refresh_from_db()
    assert (case.state, case.resolved_at) == (CaseState.RESOLVING, None)
    walk_plan.func(case_id=case.pk)
    case.refresh_from_db()
    assert case.state == CaseState.RESOLVED
    assert Entry.objects.filter(verb="case.resolved").count() == 2


def test_nothing_is_ticked_off_twice(case):
    actions.resolve(case, ["cancel"])
    remedy = case.remedies.get()
    assert not actions.note_done(remedy)  # not begun
    assert not actions.note_failed(remedy, "no")
    assert not actions.note_resolved(case)  # something is left
    assert actions.start(remedy)
    assert actions.note_done(remedy) and not actions.note_done(remedy)
    assert not actions.start(remedy)
    assert not actions.note_failed(remedy, "too late")
    remedy.refresh_from_db()
    assert remedy.state == RemedyState.DONE and remedy.done_at
    assert actions.note_resolved(Case.objects.get(pk=case.pk))
    assert not actions.note_resolved(Case.objects.get(pk=case.pk))
    assert Entry.objects.filter(verb="remedy.cancel.done").count() == 1


def test_who_was_not_heard_is_asked_again_with_growing_pauses_and_not_for_ever():
    def after(attempts: int, error: Exception) -> int | None:
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        decision = AskAgain().get_retry_decision(exception=error, job=job)
        return None if decision is None else (decision.retry_at is not None)

    assert after(0, Unsure()) and after(MOST_ATTEMPTS - 1, Unsure())
    assert after(MOST_ATTEMPTS, Unsure()) is None
    assert after(0, RuntimeError()) is None
    assert LONGEST_PAUSE_S == 300


def test_a_remedy_that_was_done_before_the_crash_is_asked_and_not_done_again(case, monkeypatch):
    def never(remedy):
        raise AssertionError("done again")

    actions.resolve(case, ["refund"])
    remedy = case.remedies.get()
    actions.start(remedy)
    kind("refund").do(remedy)
    monkeypatch.setattr("mioboe.cases.remedies.refund.do", never)
    walk_plan.func(case_id=case.pk)
    assert case.remedies.get().state == RemedyState.DONE


def test_a_report_of_any_length_is_kept_within_bounds(hana):
    first = actions.open_case(hana, None, ProofKind.SESSION, "x" * 3 * actions.LONGEST_STORY)
    assert len(first.words) == actions.LONGEST_STORY
