import pytest

from mioboe.calls import actions
from mioboe.calls.models import Callback, CallbackState, Duty, DutyState
from mioboe.calls.numbers import NotCalled, number_to_call
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


def test_a_number_is_not_called_for_two_cases_at_once(case):
    actions.request_callback(case, world.NUMBER, "ja")
    other = open_case(world.customer("other@customer.example"), None, ProofKind.SESSION)
    with pytest.raises(actions.AlreadyWaiting):
        actions.request_callback(other, world.NUMBER, "ja")


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


@pytest.mark.parametrize(
    "typed",
    [
        "090-1234-5678",
        "０９０－１２３４－５６７８",
        "+81 90 1234 5678",
        "+81 090-1234-5678",
        "09012345678",
        "(090) 1234 5678",
    ],
)
def test_numbers_as_people_type_them(typed):
    assert number_to_call(typed) == world.NUMBER


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hello",
        "110",
        "0120-000-000",
        "0570-000-000",
        "0990-123-456",
        "+1 876 555 0123",
        "+44 20 7946 0018",
        "9" * 200,
        "090-1234-567",
    ],
)
def test_numbers_that_are_not_called_say_why(typed):
    with pytest.raises(NotCalled) as refusal:
        number_to_call(typed)
    assert len(str(refusal.value)) > 10


def test_a_number_that_does_not_exist_is_said_not_to_exist():
    with pytest.raises(NotCalled, match=r"does not exist|使われていません"):
        number_to_call("090-1234-567")


def test_a_number_with_more_around_it_than_a_number_needs_is_not_looked_at():
    with pytest.raises(NotCalled):
        number_to_call("090" + "-" * 40 + "1234-5678")
