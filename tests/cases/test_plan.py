import pytest
from django.db import OperationalError
from django.utils import translation

from mioboe.cases import actions
from mioboe.cases.jobs import walk_plan
from mioboe.cases.models import Case, CaseState, ProofKind, Remedy, RemedyState
from mioboe.cases.remedies import KINDS, kind
from mioboe.mails.models import Mail
from mioboe.orders.models import Access, AccessState, OneClick, OrderState
from mioboe.payments.gateways import Unsure
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.gateways.till.models import Return
from mioboe.people.models import Person
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    return actions.open_case(hana, world.everything_to_undo(hana), ProofKind.MAILBOX)


def walk(case: Case) -> None:
    walk_plan.func(case_id=case.pk)
    case.refresh_from_db()


def test_a_plan_undoes_everything_and_tells_the_customer_once(case, client):
    client.force_login(case.customer)
    client.get("/orders/")
    actions.resolve(case, list(KINDS))
    walk(case)
    assert case.state == CaseState.RESOLVED
    assert set(case.remedies.values_list("state", flat=True)) == {RemedyState.DONE}
    case.order.refresh_from_db()
    assert case.order.state == OrderState.CANCELLED
    assert Access.objects.get().state == AccessState.REVOKED
    assert Return.objects.get().amount == 5300
    assert not OneClick.objects.get().is_on
    assert client.get("/orders/").status_code == 302
    assert Mail.objects.filter(kind="refund_complete").count() == 0, "accepted is not paid out"
    world.settle_refunds()
    assert Mail.objects.filter(kind="refund_complete").count() == 1
    assert Mail.objects.filter(subject__icontains="password").count() == 1


@pytest.mark.parametrize("name", KINDS)
def test_a_remedy_killed_after_it_was_done_is_not_done_again(case, name, monkeypatch):
    actions.resolve(case, [name])
    remedy = case.remedies.get()
    assert actions.start(remedy)
    kind(name).do(remedy)  # and here the worker is killed, before it could say so
    mails, returns = Mail.objects.count(), Return.objects.count()
    walk(case)
    remedy.refresh_from_db()
    assert remedy.state == RemedyState.DONE and remedy.attempts == 2
    assert (Mail.objects.count(), Return.objects.count()) == (mails, returns)


@pytest.mark.parametrize("name", KINDS)
def test_each_remedy_says_truly_whether_it_is_done(case, name, client):
    client.force_login(case.customer)
    client.get("/orders/")
    remedy = Remedy.objects.create(case=case, kind=name, state=RemedyState.RUNNING)
    assert kind(name).applies(case)
    assert not kind(name).is_done(remedy)
    kind(name).do(remedy)
    fresh = Remedy.objects.select_related("case__order", "case__customer").get(pk=remedy.pk)
    assert kind(name).is_done(fresh)


def test_a_gateway_that_is_not_heard_is_asked_again_and_the_rest_goes_on(case, monkeypatch):
    def silent(*arguments):
        raise Unsure

    real = till.refund
    monkeypatch.setattr(till, "refund", silent)
    actions.resolve(case, ["refund", "block_one_click"])
    with pytest.raises(Unsure):
        walk(case)
    states = dict(case.remedies.values_list("kind", "state"))
    assert states == {"refund": RemedyState.RUNNING, "block_one_click": RemedyState.DONE}
    monkeypatch.setattr(till, "refund", real)
    walk(case)
    assert case.state == CaseState.RESOLVED
    assert Return.objects.count() == 1


def test_a_remedy_that_fails_stands_out_and_can_be_tried_again(case, monkeypatch):
    def broken(remedy):
        raise RuntimeError("the shop is closed")

    with monkeypatch.context() as patched:
        patched.setattr("mioboe.cases.remedies.cancel.do", broken)
        actions.resolve(case, ["cancel", "refund"])
        walk(case)
    failed = case.remedies.get(kind="cancel")
    assert (failed.state, failed.problem) == (RemedyState.FAILED, "the shop is closed")
    assert case.remedies.get(kind="refund").state == RemedyState.DONE
    assert case.state == CaseState.RESOLVING
    assert actions.try_again(failed)
    walk(case)
    assert case.state == CaseState.RESOLVED


def test_a_lost_database_fails_no_remedy(case, monkeypatch):
    def lost(remedy):
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patched:
        patched.setattr("mioboe.cases.remedies.cancel.do", lost)
        actions.resolve(case, ["cancel"])
        with pytest.raises(OperationalError):
            walk(case)
    assert case.remedies.get().state == RemedyState.RUNNING
    walk(case)
    assert case.state == CaseState.RESOLVED


def test_nothing_is_planned_without_proof():
    hana = world.customer()
    bare = Case.objects.create(customer=hana, order=world.bought(hana))
    with pytest.raises(actions.NotProven):
        actions.resolve(bare, ["cancel"])
    assert not Remedy.objects.exists()


def test_a_remedy_is_planned_once(case):
    actions.resolve(case, ["cancel"])
    with pytest.raises(actions.AlreadyPlanned):
        actions.resolve(case, ["cancel"])
    assert Remedy.objects.count() == 1


def test_one_order_has_one_case(case):
    again = actions.open_case(case.customer, case.order, ProofKind.SESSION)
    assert again == case
    assert set(case.proofs.values_list("kind", flat=True)) == {ProofKind.MAILBOX, ProofKind.SESSION}


def test_nobody_opens_a_case_about_somebody_elses_order(case):
    stranger: Person = world.customer("stranger@customer.example")
    with pytest.raises(actions.NotTheirs):
        actions.open_case(stranger, case.order, ProofKind.SESSION)


def test_the_timeline_tells_everything_in_words(case):
    actions.resolve(case, list(KINDS))
    walk(case)
    with translation.override("en"):
        told = [entry.words for entry in Entry.objects.filter(about__contains=[case.ref])]
    assert "The order is cancelled" in told
    assert not [words for words in told if "." in words and " " not in words], "a verb without words"
