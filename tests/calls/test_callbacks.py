import pytest

from mioboe.calls import actions
from mioboe.calls.models import Callback, CallbackState, Duty, DutyState
from mioboe.cases.actions import open_case
from mioboe.cases.models import Case, ProofKind
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    hana = world.customer()
    return open_case(hana, world.bought(hana), ProofKind.MAILBOX)


def test_a_free_agent_gets_the_call_at_once(case):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=True)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    assert (callback.state, callback.agent) == (CallbackState.OFFERED, kaori)
    assert Duty.objects.get().state == DutyState.BUSY


def test_who_waited_longest_is_called_first_by_who_speaks_the_language(case):
    other = world.customer("other@customer.example")
    second = open_case(other, None, ProofKind.SESSION)
    first = actions.request_callback(case, world.NUMBER, "ja")
    later = actions.request_callback(second, "+819011112222", "ja")
    ben = world.agent("ben@desk.example", languages=("en",))
    actions.go_on_duty(ben, takes_at_once=False)
    first.refresh_from_db()
    assert first.state == CallbackState.WAITING
    actions.go_on_duty(world.agent(), takes_at_once=False)
    first.refresh_from_db(), later.refresh_from_db()
    assert (first.state, later.state) == (CallbackState.OFFERED, CallbackState.WAITING)


def test_asking_twice_is_one_callback(case):
    first = actions.request_callback(case, world.NUMBER, "ja")
    assert actions.request_callback(case, "+819011112222", "ja") == first
    assert Callback.objects.count() == 1


def test_a_number_is_not_called_twice_at_a_time_and_nobody_holds_up_somebody_elses(case):
    """A stranger who types this number first, or for later, is not in its owner's way for longer than one call."""
    stranger = open_case(world.customer("other@customer.example"), None, ProofKind.SESSION)
    first = actions.request_callback(stranger, world.NUMBER, "ja")
    mine = actions.request_callback(case, world.NUMBER, "ja")
    kaori, ben = world.agent(), world.agent("ben@desk.example")
    actions.go_on_duty(kaori, takes_at_once=True)
    actions.go_on_duty(ben, takes_at_once=True)
    first.refresh_from_db(), mine.refresh_from_db()
    assert (first.state, mine.state) == (CallbackState.OFFERED, CallbackState.WAITING)
    actions.end_call(first)
    mine.refresh_from_db()
    assert mine.state == CallbackState.OFFERED


def test_the_whole_call(case):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=True)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    actions.take_call(callback, kaori)
    assert callback.state == CallbackState.RINGING
    actions.answer_call(callback, on_number=True)
    assert case.proofs.filter(kind=ProofKind.PHONE).exists()
    with pytest.raises(actions.TooLate):
        actions.answer_call(callback, on_number=True)
    actions.end_call(callback)
    actions.end_call(callback)
    callback.refresh_from_db()
    assert callback.state == CallbackState.ENDED
    assert Duty.objects.get().state == DutyState.WRAPPING_UP


def test_answering_on_the_waiting_page_proves_no_telephone(case):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=True)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    actions.take_call(callback, kaori)
    actions.answer_call(callback, on_number=False)
    assert not case.proofs.filter(kind=ProofKind.PHONE).exists()


def test_a_number_given_only_now_proves_nothing(case):
    kaori = world.agent()
    actions.go_on_duty(kaori, takes_at_once=True)
    callback = actions.request_callback(case, "+819099998888", "ja")
    actions.take_call(callback, kaori)
    actions.answer_call(callback, on_number=True)
    assert not case.proofs.filter(kind=ProofKind.PHONE).exists()


def test_an_offer_not_taken_goes_to_the_next_agent(case):
    kaori, ben = world.agent(), world.agent("ben@desk.example")
    actions.go_on_duty(kaori, takes_at_once=False)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    actions.go_on_duty(ben, takes_at_once=False)
    assert actions.pass_on(callback, kaori.pk)
    callback.refresh_from_db()
    assert (callback.state, callback.agent) == (CallbackState.OFFERED, ben)
    assert kaori.duty.__class__.objects.get(agent=kaori).state == DutyState.AWAY
    assert not actions.pass_on(callback, kaori.pk)


def test_only_the_agent_who_was_offered_a_call_takes_it(case):
    actions.go_on_duty(world.agent(), takes_at_once=True)
    callback = actions.request_callback(case, world.NUMBER, "ja")
    with pytest.raises(actions.TooLate):
        actions.take_call(callback, world.agent("ben@desk.example"))
