"""One line of several is cancelled by the plan: exactly its pieces, exactly its money, exactly once."""

import pytest
from django.utils import translation
from moneyed import JPY, Money

from mioboe.cases import actions
from mioboe.cases.jobs import walk_plan
from mioboe.cases.models import Case, CaseState, ProofKind, Remedy, RemedyState
from mioboe.cases.remedies import kind
from mioboe.cases.remedies.cancel_line import cancellable
from mioboe.help.ticks import ticks
from mioboe.orders.actions import hand_over, pack
from mioboe.orders.models import Access, AccessState, Line, OrderState, Product
from mioboe.payments.actions import note_repayment
from mioboe.payments.gateways import Repayment, Unsure
from mioboe.payments.gateways.till import gateway as till
from mioboe.payments.models import Charge, ChargeState, Refund
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """About three kettles and a film, paid for."""
    hana = world.customer()
    order = world.ordered(hana, (world.kettle(stock=9), 3), (world.film(), 1))
    return actions.open_case(hana, order, ProofKind.MAILBOX)


def line(case: Case, slug: str) -> str:
    return str(Line.objects.get(order=case.order, product__slug=slug).pk)


def walk(case: Case) -> Case:
    walk_plan.func(case_id=case.pk)
    return Case.objects.get(pk=case.pk)


def charge(case: Case) -> Charge:
    return Charge.objects.get(reference=case.order.ref)


def fresh(remedy: Remedy) -> Remedy:
    return Remedy.objects.select_related("case__order", "case__customer").get(pk=remedy.pk)


def test_two_of_three_pieces_are_cancelled_and_paid_back_and_the_rest_stays(case):
    actions.cancel_lines(case, {line(case, "kettle"): 2}, "press-one")
    assert walk(case).state == CaseState.RESOLVED
    assert Line.objects.get(product__slug="kettle").left == 1
    assert Product.objects.get(slug="kettle").stock == 8
    assert charge(case).refunded == Money(9600, JPY)
    assert case.order.parcels.get().state == "waiting"
    assert Access.objects.get().state == AccessState.GRANTED
    case.order.refresh_from_db()
    assert case.order.state == OrderState.CONFIRMED


def test_a_line_has_a_remedy_and_a_key_of_its_own(case):
    lines = {line(case, "kettle"): 1, line(case, "falling-stars"): 1}
    planned = actions.cancel_lines(case, lines, "press-one")
    assert len({remedy.key for remedy in planned}) == 2
    walk(case)
    assert sorted(int(refund.amount.amount) for refund in Refund.objects.all()) == [500, 4800]
    assert all(str(remedy.key) in refund.key for remedy, refund in zip(planned, Refund.objects.all(), strict=True))


def test_a_film_that_is_cancelled_is_withdrawn_and_no_other(case):
    other = world.film(slug="other")
    order = world.ordered(case.customer, (Product.objects.get(slug="falling-stars"), 1), (other, 1), press="films-two")
    films = actions.open_case(case.customer, order, ProofKind.MAILBOX)
    actions.cancel_lines(films, {line(films, "other"): 1}, "press-one")
    walk(films)
    states = dict(Access.objects.filter(line__order=order).values_list("line__product__slug", "state"))
    assert states == {"other": AccessState.REVOKED, "falling-stars": AccessState.GRANTED}


def test_one_press_plans_once_and_the_next_cancels_further_pieces(case):
    kettle = line(case, "kettle")
    first = actions.cancel_lines(case, {kettle: 1}, "press-one")
    assert actions.cancel_lines(case, {kettle: 1}, "press-one") == first
    walk(case)
    assert actions.cancel_lines(case, {kettle: 1}, "press-one") == first
    actions.cancel_lines(case, {kettle: 1}, "press-two")
    walk(case)
    assert Line.objects.get(product__slug="kettle").left == 1
    assert charge(case).refunded == Money(9600, JPY)


@pytest.mark.parametrize("pieces", [0, -1, 4])
def test_more_than_is_left_or_nothing_is_refused(case, pieces):
    with pytest.raises(actions.NotThatMany):
        actions.cancel_lines(case, {line(case, "kettle"): pieces}, "press-one")
    with pytest.raises(actions.NotThatMany):
        actions.cancel_lines(case, {"999999": 1}, "press-one")
    with pytest.raises(actions.NotThatMany):
        actions.cancel_lines(case, {}, "press-one")
    assert not Remedy.objects.exists()


def test_what_is_in_the_plan_is_not_planned_again(case):
    kettle = line(case, "kettle")
    actions.cancel_lines(case, {kettle: 2}, "press-one")
    assert cancellable(case)[kettle][1] == 1
    with pytest.raises(actions.NotThatMany):
        actions.cancel_lines(case, {kettle: 2}, "press-two")


def test_nothing_is_cancelled_without_proof(case):
    case.proofs.all().delete()
    with pytest.raises(actions.NotProven):
        actions.cancel_lines(case, {line(case, "kettle"): 1}, "press-one")


@pytest.mark.parametrize("dies_after", ["cancel_lines", "revoke_access", "give_back"])
def test_killed_anywhere_it_is_done_once(case, monkeypatch, dies_after):
    class Killed(BaseException):
        pass

    def dying(real):
        def call(*arguments, **named):
            real(*arguments, **named)
            raise Killed

        return call

    actions.cancel_lines(case, {line(case, "falling-stars"): 1}, "press-one")
    where = "mioboe.payments.actions" if dies_after == "give_back" else "mioboe.orders.shops.own"
    with monkeypatch.context() as patched:
        from importlib import import_module

        patched.setattr(f"{where}.{dies_after}", dying(getattr(import_module(where), dies_after)))
        with pytest.raises(Killed):
            walk(case)
    assert walk(case).state == CaseState.RESOLVED
    assert Line.objects.get(product__slug="falling-stars").cancelled == 1
    assert charge(case).refunded == Money(500, JPY)
    assert Refund.objects.count() == 1


def test_a_gateway_that_is_not_heard_is_asked_again_with_the_same_key(case, monkeypatch):
    keys = []
    real = till.refund

    def lost(key, *rest):
        keys.append(key)
        real(key, *rest)
        raise Unsure

    actions.cancel_lines(case, {line(case, "kettle"): 1}, "press-one")
    with monkeypatch.context() as patched:
        patched.setattr(till, "refund", lost)
        with pytest.raises(Unsure):
            walk(case)
    assert walk(case).state == CaseState.RESOLVED
    assert len(keys) == 1 and charge(case).refunded == Money(4800, JPY)


def test_before_it_is_taken_that_much_less_is_taken():
    hana = world.customer()
    order = world.ordered(hana, (world.kettle(stock=9), 3), reserved_only=True)
    case = actions.open_case(hana, order, ProofKind.MAILBOX)
    actions.cancel_lines(case, {line(case, "kettle"): 1}, "press-one")
    walk(case)
    parcel = order.parcels.get()
    assert pack(parcel) and hand_over(parcel)
    assert charge(case).captured == Money(9600, JPY)


def test_a_parcel_that_has_left_is_not_cancelled_and_nothing_goes_back(case):
    actions.cancel_lines(case, {line(case, "kettle"): 1}, "press-one")
    parcel = case.order.parcels.get()
    assert pack(parcel) and hand_over(parcel)
    assert cancellable(case) == {}
    walk(case)
    assert case.remedies.get().state == RemedyState.FAILED
    assert not Refund.objects.exists()


def test_the_whole_order_can_still_be_cancelled_afterwards(case):
    actions.cancel_lines(case, {line(case, "kettle"): 1}, "press-one")
    actions.resolve(case, ["cancel", "refund"])
    assert walk(case).state == CaseState.RESOLVED
    assert charge(case).left == Money(0, JPY) and charge(case).state == ChargeState.CAPTURED
    assert Product.objects.get(slug="kettle").stock == 9


def test_a_refund_that_came_undone_is_given_again_by_a_new_key(case):
    (remedy,) = actions.cancel_lines(case, {line(case, "kettle"): 1}, "press-one")
    walk(case)
    note_repayment(Refund.objects.get(), Repayment("", "failed", "account closed"))
    assert actions.came_undone(fresh(remedy))
    assert actions.try_again(fresh(remedy))
    walk(case)
    assert charge(case).refunded == Money(4800, JPY)
    assert Line.objects.get(product__slug="kettle").left == 2
    assert len(set(Refund.objects.values_list("key", flat=True))) == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "An item of the order is cancelled: 2 × Kettle"), ("ja", "ご注文の商品を取り消しました：やかん 2点")],
)
def test_the_customers_ticks_say_which_line_and_where_its_money_is(case, language, words):
    actions.cancel_lines(case, {line(case, "kettle"): 2}, "press-one")
    walk(case)
    with translation.override(language):
        told = ticks(case)
        assert (str(told[0].words), told[0].state) == (words, "done")
    assert [tick.action for tick in told] == ["", "", "statement"]


def test_it_is_no_remedy_of_the_whole_case(case):
    assert "cancel_line" not in actions.offered(case)
    assert kind("cancel_line").applies(case)
    with pytest.raises(actions.AlreadyPlanned):
        actions.resolve(case, ["cancel_line"])
