"""How often, and for how much, customers may make us dial; and that nobody can lock anybody else out by it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.calls import actions, limits
from mioboe.calls.limits import OverLimit, count_call
from mioboe.calls.models import Asked, Callback, CallDay, LimitName, Refused
from mioboe.cases.actions import open_case
from mioboe.cases.models import ProofKind
from mioboe.people.models import Person, Phone
from tests import world

pytestmark = pytest.mark.django_db
OTHER = "+8190111122{:02d}"
ADDRESS = "203.0.113.7"


@pytest.fixture
def hana() -> Person:
    """Her number has been on file for a year."""
    return world.customer()


@pytest.fixture
def stranger() -> Person:
    """Has no number on file."""
    person = world.customer("mallory@customer.example", token="tok-m")
    person.phones.all().delete()
    return person


def asks(person: Person, number: str = world.NUMBER, address: str | None = None) -> LimitName | None:
    """Which limit a call meets; None where it is counted."""
    try:
        count_call(person, number, address)
    except OverLimit as over:
        return over.limit
    return None


def age(by: timedelta) -> None:
    for asked in Asked.objects.all():
        Asked.objects.filter(pk=asked.pk).update(at=asked.at - by)


def test_seven_in_fifteen_minutes_nine_in_an_hour_fifteen_a_day(hana):
    assert [asks(hana) for _ in range(7)] == [None] * 7
    assert asks(hana) == LimitName.NUMBER
    age(timedelta(minutes=16))
    assert [asks(hana) for _ in range(2)] == [None] * 2
    assert asks(hana) == LimitName.NUMBER
    age(timedelta(hours=1))
    assert [asks(hana) for _ in range(6)] == [None] * 6
    age(timedelta(hours=2))
    assert asks(hana) == LimitName.NUMBER
    age(timedelta(days=1))
    assert asks(hana) is None


def test_it_says_when_a_call_may_be_asked_for_again(hana):
    for _ in range(7):
        count_call(hana, world.NUMBER, None)
    age(timedelta(minutes=5))
    with pytest.raises(OverLimit) as over:
        count_call(hana, world.NUMBER, None)
    assert timedelta(minutes=9) < over.value.again_at - timezone.now() < timedelta(minutes=10, seconds=1)


def test_one_account_has_a_limit_over_all_its_numbers(hana):
    assert [asks(hana, OTHER.format(n)) for n in range(9)] == [None] * 9
    assert asks(hana, OTHER.format(9)) == LimitName.ACCOUNT
    assert asks(hana) == LimitName.ACCOUNT


def test_one_line_may_ask_for_three_different_numbers_an_hour(hana, stranger):
    assert [asks(stranger, OTHER.format(n), ADDRESS) for n in range(3)] == [None] * 3
    assert asks(stranger, OTHER.format(4), ADDRESS) == LimitName.LINE
    assert asks(stranger, OTHER.format(1), ADDRESS) is None  # one of the three
    assert asks(stranger, OTHER.format(4), "203.0.113.8") is None
    # Whoever lives behind the same address and has had a number on file for long is not kept from it.
    assert asks(hana, world.NUMBER, ADDRESS) is None
    age(timedelta(hours=1))
    assert asks(stranger, OTHER.format(4), ADDRESS) is None


def test_an_ipv6_line_is_one_line_whatever_address_of_it_is_used(stranger):
    for n in range(3):
        assert asks(stranger, OTHER.format(n), f"2001:db8:1:2::{n}") is None
    assert asks(stranger, OTHER.format(4), "2001:db8:1:2:ffff::1") == LimitName.LINE


def test_a_mobile_carriers_gateway_stands_for_many(stranger, monkeypatch):
    monkeypatch.setattr(limits, "is_of_a_carrier", lambda address: True)
    others = [world.customer(f"c{n}@customer.example", token=f"tok-c{n}") for n in range(4)]
    assert [asks(person, OTHER.format(n), ADDRESS) for n, person in enumerate(others)] == [None] * 4


def test_typing_somebodys_number_does_not_lock_its_owner_out(hana, stranger):
    """Whoever has had the number on file for long has a count of its own."""
    while asks(stranger) is None:
        pass
    more = [world.customer(f"m{n}@customer.example", token=f"tok-m{n}") for n in range(4)]
    Phone.objects.exclude(person=hana).delete()
    for person in more:
        while asks(person) is None:
            pass
    assert Asked.objects.filter(is_known=False).count() == 7  # in 15 minutes, all strangers together
    assert asks(hana) is None


def test_one_stranger_alone_cannot_use_a_number_up(stranger):
    guest = world.customer("guest@customer.example", token="tok-g")
    guest.phones.all().delete()
    assert [asks(stranger) for _ in range(4)] == [None] * 4
    assert asks(stranger) == LimitName.STRANGER
    assert asks(guest) is None


def test_one_line_alone_cannot_use_a_number_up_with_many_accounts(stranger):
    more = [world.customer(f"m{n}@customer.example", token=f"tok-m{n}") for n in range(5)]
    Phone.objects.all().delete()
    assert [asks(person, world.NUMBER, ADDRESS) for person in more[:4]] == [None] * 4
    assert asks(more[4], world.NUMBER, ADDRESS) == LimitName.STRANGER
    assert asks(stranger, world.NUMBER, "203.0.113.99") is None


def test_a_number_put_on_file_just_now_counts_as_a_strangers(stranger):
    Phone.objects.create(person=stranger, number=world.NUMBER, since=timezone.now())
    assert [asks(stranger) for _ in range(5)][-1] == LimitName.STRANGER


def test_the_shops_day_has_an_end_and_its_last_quarter_is_for_numbers_on_file(hana, stranger, settings):
    settings.MIOBOE_CALLS_A_DAY = 4
    assert [asks(stranger) for _ in range(3)] == [None] * 3
    assert asks(stranger) == LimitName.DAY
    assert asks(hana) is None
    assert asks(hana) == LimitName.DAY


def test_the_days_money_fails_closed(hana, stranger, settings):
    settings.MIOBOE_CARRIERS = ["sip"]
    settings.MIOBOE_CALL_SPEND_A_DAY = 800
    settings.MIOBOE_CALL_RATES = {"JP": 20}
    assert [asks(stranger, OTHER.format(n)) for n in range(3)] == [None] * 3
    assert asks(stranger) == LimitName.SPEND
    assert asks(hana) is None
    assert CallDay.objects.get().cost == Money(800, JPY)
    assert asks(hana) == LimitName.SPEND


def test_a_country_without_a_rate_counts_as_a_dear_one(hana, settings):
    settings.MIOBOE_CARRIERS, settings.MIOBOE_CALL_RATES = ["sip"], {}
    assert count_call(hana, world.NUMBER, None).cost == Money(2000, JPY)


def test_nothing_may_be_spent_means_nothing_is_dialled(hana, settings):
    settings.MIOBOE_CARRIERS, settings.MIOBOE_CALL_SPEND_A_DAY = ["browser", "sip"], 0
    assert asks(hana) == LimitName.SPEND
    settings.MIOBOE_CARRIERS = ["browser"]
    assert asks(hana) is None


def test_a_call_costs_what_it_came_to(hana, settings):
    settings.MIOBOE_CARRIERS = ["sip"]
    case = open_case(hana, world.bought(hana), ProofKind.MAILBOX)
    callback = actions.request_callback(case, world.NUMBER, "en")
    assert CallDay.objects.get().cost == Money(200, JPY)
    callback.answered_at, callback.ended_at = timezone.now() - timedelta(seconds=61), timezone.now()
    for _ in range(2):
        limits.settle(callback)
    assert CallDay.objects.get().cost == Money(40, JPY)  # two minutes begun


def test_a_call_that_is_called_off_costs_nothing_and_still_counts(hana, settings):
    settings.MIOBOE_CARRIERS = ["sip"]
    case = open_case(hana, world.bought(hana), ProofKind.MAILBOX)
    actions.end_call(actions.request_callback(case, world.NUMBER, "en"))
    day = CallDay.objects.get()
    assert (day.asked, day.cost) == (1, Money(0, JPY))


def test_another_number_is_counted_and_the_first_ones_money_given_back(hana, settings):
    settings.MIOBOE_CARRIERS = ["sip"]
    case = open_case(hana, world.bought(hana), ProofKind.MAILBOX)
    callback = actions.request_callback(case, world.NUMBER, "en")
    actions.change_callback(callback, number=OTHER.format(1))
    actions.change_callback(callback, number=OTHER.format(1))
    assert (CallDay.objects.get().asked, CallDay.objects.get().cost) == (2, Money(200, JPY))
    assert Asked.objects.filter(settled_at=None).count() == 1


def test_a_refused_call_leaves_no_callback_and_the_operator_sees_it(hana, settings):
    settings.MIOBOE_CALLS_A_DAY = 0
    case = open_case(hana, world.bought(hana), ProofKind.MAILBOX)
    for _ in range(3):
        with pytest.raises(OverLimit):
            actions.request_callback(case, world.NUMBER, "en")
    assert not Callback.objects.exists() and not Asked.objects.exists()
    row = Refused.objects.get()
    assert (row.limit, row.times, row.person, row.number_end) == (LimitName.DAY, 3, hana, "090-••••-5678")
    assert limits.refused_today() == 3 and limits.today().refused == [row]


def test_pressing_again_while_a_call_waits_is_not_counted(hana):
    case = open_case(hana, world.bought(hana), ProofKind.MAILBOX)
    for _ in range(20):
        actions.request_callback(case, world.NUMBER, "en")
    assert Asked.objects.count() == 1


def test_old_rows_are_dropped(hana):
    count_call(hana, world.NUMBER, None)
    Refused.objects.create(
        day=timezone.localdate(), limit="day", key="x", person=hana, number_end="•", last_at=timezone.now()
    )
    assert limits.drop_old() == 0
    age(timedelta(days=3))
    Refused.objects.update(last_at=timezone.now() - timedelta(days=31))
    assert limits.drop_old() == 2 and limits.drop_old() == 0


def test_numbers_and_addresses_are_kept_as_digests_only(hana):
    count_call(hana, world.NUMBER, ADDRESS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM calls_asked a")
        (text,) = cursor.fetchone()
    assert "9012345678" not in text and ADDRESS not in text


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def press(self, people: list[Person], numbers: list[str]) -> list[object]:
        """Everybody presses at the same moment, each in a connection of their own."""
        ready = Barrier(len(people))

        def one(person: Person, number: str) -> object:
            try:
                ready.wait(20)
                case = open_case(person, None, ProofKind.SESSION)
                return actions.request_callback(case, number, "en", address=ADDRESS)
            except (OverLimit, actions.AlreadyWaiting) as refusal:
                return refusal
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(people)) as pool:
            return list(pool.map(one, people, numbers))

    def test_a_thousandth_of_a_second_apart_is_too_late_all_the_same(self):
        people = [world.customer(f"p{n}@customer.example", token=f"tok-p{n}") for n in range(8)]
        Phone.objects.all().delete()
        answers = self.press(people, [OTHER.format(n) for n in range(8)])
        assert sum(isinstance(answer, Callback) for answer in answers) == 3
        assert {answer.limit for answer in answers if isinstance(answer, OverLimit)} == {LimitName.LINE}

    def test_the_days_last_calls_are_given_once(self, settings):
        settings.MIOBOE_CALLS_A_DAY = 3
        people = [world.customer(f"p{n}@customer.example", token=f"tok-p{n}") for n in range(8)]
        for n, person in enumerate(people):
            Phone.objects.filter(person=person).update(number=OTHER.format(n))
        answers = self.press(people, [OTHER.format(n) for n in range(8)])
        assert sum(isinstance(answer, Callback) for answer in answers) == 3
        assert (CallDay.objects.get().asked, Callback.objects.count(), Asked.objects.count()) == (3, 3, 3)
        assert Refused.objects.get().times == 5

    def test_two_tabs_are_one_call_counted_once(self):
        hana = world.customer()
        answers = self.press([hana] * 4, [world.NUMBER] * 4)
        assert len({answer.pk for answer in answers if isinstance(answer, Callback)}) == 1
        assert not any(isinstance(answer, OverLimit) for answer in answers)
        assert Asked.objects.count() == 1


def test_the_day_is_the_shops(hana, settings, monkeypatch):
    settings.MIOBOE_CALLS_A_DAY = 1
    late = datetime.fromisoformat("2026-11-25T23:59:00+09:00")
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert asks(hana) is None
    with pytest.raises(OverLimit) as over:
        count_call(hana, world.NUMBER, None)
    assert over.value.again_at == datetime.fromisoformat("2026-11-26T00:00:00+09:00")
    monkeypatch.setattr(timezone, "now", lambda: late + timedelta(minutes=1))
    assert asks(hana) is None
