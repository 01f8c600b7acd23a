import pytest

from mioboe.cases import actions as cases
from mioboe.cases.jobs import walk_plan
from mioboe.cases.models import Case, ProofKind
from mioboe.help.ticks import Tick, ticks
from mioboe.mails.models import Mail
from mioboe.payments.actions import note_repayment
from mioboe.payments.gateways import Repayment, Unsure
from mioboe.payments.gateways.till.misbehaving import next_time
from mioboe.payments.gateways.till.models import Payment, Rule
from mioboe.payments.models import Charge, ChargeState, Refund, RefundState
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    return cases.open_case(hana, world.bought(hana), ProofKind.MAILBOX)


def walk(case: Case) -> None:
    walk_plan.func(case_id=case.pk)


def money(case: Case) -> Tick:
    """The tick after the refund's own."""
    return ticks(case)[1]


def test_accepted_is_ticked_first_and_the_money_when_it_is_paid_out(case):
    cases.resolve(case, ["refund"])
    walk(case)
    assert [tick.state for tick in ticks(case)[:2]] == ["done", "running"]
    assert not Mail.objects.filter(kind="refund_complete").exists()
    world.settle_refunds()
    world.settle_refunds()
    assert money(case).state == "done" and money(case).at
    assert Mail.objects.filter(kind="refund_complete").count() == 1


def test_money_that_the_bank_sent_back_is_not_ticked(case):
    cases.resolve(case, ["refund"])
    walk(case)
    note_repayment(Refund.objects.get(), Repayment("", "failed", "closed account"))
    assert money(case).state == "failed"


def test_money_that_the_bank_sent_back_is_given_again_by_the_agent(case, client):
    cases.resolve(case, ["refund"])
    walk(case)
    remedy = case.remedies.get()
    assert not cases.try_again(remedy), "nothing came undone"
    next_time("settle", Rule.What.REFUSES)
    world.settle_refunds()
    client.force_login(world.agent())
    path = f"/desk/cases/{case.number}/"
    assert f"{path}again/{remedy.pk}/" in client.get(path).content.decode()
    for _ in range(2):
        client.post(f"{path}again/{remedy.pk}/")
    walk(case)
    assert sorted(Refund.objects.values_list("state", flat=True)) == [RefundState.FAILED, RefundState.PENDING]
    assert f"{path}again/{remedy.pk}/" not in client.get(path).content.decode()
    world.settle_refunds()
    assert money(case).state == "done"


def reserve_only() -> None:
    Payment.objects.update(state=Payment.State.AUTHORISED, captured=0)
    Charge.objects.update(state=ChargeState.AUTHORISED, captured=0, to_capture=0)


def test_what_was_only_reserved_is_released_even_if_the_answer_is_lost(case):
    reserve_only()
    next_time("void", Rule.What.NOT_DONE)
    cases.resolve(case, ["refund"])
    with pytest.raises(Unsure):
        walk(case)
    assert Charge.objects.get().is_to_be_voided
    walk(case)
    assert Charge.objects.get().state == ChargeState.VOIDED
    assert Refund.objects.get().state == RefundState.RELEASED
    assert money(case).state == "done"


def test_a_refund_that_was_refused_for_good_is_tried_again_with_a_key_of_its_own(case):
    next_time("refund", Rule.What.REFUSES)
    cases.resolve(case, ["refund"])
    walk(case)
    failed = case.remedies.get()
    assert failed.problem == "the till refuses"
    assert cases.try_again(failed)
    walk(case)
    assert sorted(Refund.objects.values_list("state", flat=True)) == [RefundState.FAILED, RefundState.PENDING]
    assert Charge.objects.get().refunded == Charge.objects.get().captured
