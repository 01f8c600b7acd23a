import pytest

from mioboe.cases.actions import open_case, resolve
from mioboe.cases.jobs import walk_plan
from mioboe.cases.models import Case, ProofKind, Remedy, RemedyState
from mioboe.demo.bank import statement
from mioboe.help.ticks import ticks
from mioboe.statements.actions import check_statement
from mioboe.trail.actions import record
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    record("password.changed", [hana.ref], hana)  # long before the trouble: it does not count
    return open_case(hana, world.bought(hana), ProofKind.MAILBOX)


def states(case: Case) -> dict[str, str]:
    return {str(tick.words): f"{tick.state} {tick.action}".strip() for tick in ticks(case)}


def test_a_plan_is_ticked_off_and_the_customers_own_steps_follow(case):
    assert ticks(case) == []
    resolve(case, ["refund", "send_reset_link"])
    assert [tick.state for tick in ticks(case)] == ["waiting", "waiting", "yours", "yours"]
    record("case.opened", [case.ref])
    Case.objects.filter(pk=case.pk).update(opened_at=Entry.objects.latest("pk").at)
    case.refresh_from_db()
    walk_plan.func(case_id=case.pk)
    assert [tick.state for tick in ticks(case)] == ["done", "running", "done", "yours", "yours"]
    assert [tick.action for tick in ticks(case)] == ["", "", "", "password", "statement"]
    world.settle_refunds()
    record("password.changed", [case.customer.ref], case.customer)
    check_statement(case.customer, statement(case.customer), case.ref)
    assert [tick.state for tick in ticks(case)] == ["done"] * 5
    assert all(tick.at for tick in ticks(case))
    Remedy.objects.filter(kind="refund").update(state=RemedyState.FAILED, done_at=None)
    assert ticks(case)[0].state == "failed"
