"""Profiles, tallies and the fold, on a real PostgreSQL with real processes that are really killed."""

import os
import signal
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mioboe.people.models import Person
from mioboe.signins import actions
from mioboe.signins.actions import learning, memory
from mioboe.signins.actions.thresholds import score_key
from mioboe.signins.familiarity.keys import KIND_MASK, Kind
from mioboe.signins.models import AccountProfile, Device, Feed, Fold, Level, SignIn, Tally
from tests import world

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
TOKYO, OSAKA = "133.11.0.1", "133.1.0.1"


def counted() -> Counter:
    """What feed and tallies hold together: a fold moves it, and changes nothing."""
    found = Counter({key: count for key, count in Tally.objects.values_list("key", "count") if count})
    for keys in Feed.objects.values_list("keys", flat=True):
        found.update(keys)
    return found


def in_a_child(work) -> int:
    """Runs it in a process of its own with a connection of its own; answers how the process ended."""
    child = os.fork()
    if child == 0:
        try:
            connection.connection = None
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(child, 0)[1]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
def test_a_fold_killed_at_any_moment_loses_and_doubles_nothing(monkeypatch):
    person = world.customer()
    monkeypatch.setattr(learning, "FOLDS_BETWEEN_BOUNDS", 1)
    monkeypatch.setattr(learning, "FOLDED_AT_ONCE", 3)
    monkeypatch.setitem(learning.MOST_OF_A_KIND, Kind.STRING, 1000)

    def killed_at(moment: int) -> bool:
        seen = 0

        def count(execute, *rest):
            nonlocal seen
            seen += 1
            if seen == moment:
                die()
            return execute(*rest)

        def work() -> None:
            with connection.execute_wrapper(count):
                learning.fold()

        return in_a_child(work) == signal.SIGKILL

    moment, was_killed = 0, True
    while was_killed:
        moment += 1
        while Feed.objects.count() < 4:  # two transactions' worth
            actions.note_sign_in(person, TOKYO, f"{CHROME} {SignIn.objects.count()}", "session", "")
        expected = counted()
        was_killed = killed_at(moment)
        assert counted() == expected
    assert moment > 9
    assert not Feed.objects.exists()
    assert Fold.objects.get().sign_ins == SignIn.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_committed", [False, True])
def test_a_fold_killed_around_its_commit_is_done_wholly_or_not_at_all(is_committed):
    actions.note_sign_in(world.customer(), TOKYO, CHROME, "session", "")
    expected = counted()

    def work() -> None:
        commit = connection.commit

        def killed() -> None:
            if is_committed:
                commit()
            die()

        connection.commit = killed
        learning.fold()

    assert in_a_child(work) == signal.SIGKILL
    assert Feed.objects.exists() is not is_committed
    assert counted() == expected
    learning.fold()
    learning.fold()
    assert counted() == expected and Fold.objects.get().sign_ins == 1


@pytest.mark.django_db(transaction=True)
def test_many_folds_and_sign_ins_at_once_count_each_sign_in_once():
    people = [world.customer(f"p{number}@customer.example") for number in range(4)]
    failures = []

    def sign_ins(person: Person) -> None:
        try:
            for number in range(6):
                actions.note_sign_in(person, TOKYO, f"{CHROME} {number}", "session", "")
                learning.fold()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign_ins, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    learning.fold()
    assert Fold.objects.get().sign_ins == SignIn.objects.count() == 24
    strings = Tally.objects.extra(where=["key & %s = %s"], params=[KIND_MASK, Kind.STRING])
    assert sum(strings.values_list("count", flat=True)) == 24


@pytest.mark.django_db(transaction=True)
def test_two_sign_ins_of_one_account_at_the_same_moment_are_both_learned():
    person = world.customer()
    first = actions.note_sign_in(person, TOKYO, CHROME, "session", "")
    start, failures = threading.Barrier(4), []

    def again() -> None:
        try:
            start.wait()
            for _ in range(3):
                actions.note_sign_in(person, TOKYO, CHROME, "session", first.secret)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=again) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    profile = AccountProfile.objects.get(person=person)
    assert profile.sign_ins == SignIn.objects.count() == profile.version == 13


@pytest.mark.django_db
def test_what_the_process_remembers_is_what_the_database_says():
    person = world.customer()
    for number in range(5):
        actions.note_sign_in(person, TOKYO, f"{CHROME} {number}", "session", "")
        learning.fold()
        memory.refresh()
    kept = dict(memory.tallies().counts)
    memory.forget()
    assert memory.tallies().counts == kept
    assert memory.tallies().sign_ins == 5
    assert not any(key & KIND_MASK == Kind.SCORE for key in kept)


@pytest.mark.django_db
def test_invented_browser_strings_do_not_grow_the_tallies_without_bound(monkeypatch):
    monkeypatch.setitem(learning.MOST_OF_A_KIND, Kind.STRING, 10)
    monkeypatch.setattr(learning, "FOLDS_BETWEEN_BOUNDS", 2)
    person = world.customer()
    actions.note_sign_in(person, TOKYO, CHROME, "session", "")
    actions.note_sign_in(person, TOKYO, CHROME, "session", "")
    for number in range(30):
        actions.note_sign_in(person, TOKYO, f"invented {number}", "session", "")
        learning.fold()
        memory.refresh()
    strings = Tally.objects.extra(where=["key & %s = %s AND count > 0"], params=[KIND_MASK, Kind.STRING])
    assert strings.count() <= 12
    assert max(strings.values_list("count", flat=True)) == 2
    kept = dict(memory.tallies().counts)
    memory.forget()
    assert memory.tallies().counts == kept


@pytest.mark.django_db
def test_an_unusual_sign_in_teaches_the_account_nothing_until_its_owner_says_so():
    person = world.customer()
    actions.note_sign_in(person, TOKYO, CHROME, "session", "")
    before = AccountProfile.objects.get(person=person).keys
    stranger = actions.note_sign_in(person, "185.220.101.1", IPHONE, "other", "")
    assert not stranger.sign_in.is_familiar and stranger.sign_in.is_very_unfamiliar
    assert AccountProfile.objects.get(person=person).keys == before
    again = actions.note_sign_in(person, "185.220.101.1", IPHONE, "other", stranger.secret)
    assert not again.sign_in.is_familiar and again.sign_in.device == stranger.sign_in.device
    assert actions.know_device(stranger.sign_in.device) and not actions.know_device(stranger.sign_in.device)
    actions.learn(stranger.sign_in)
    proven = actions.note_sign_in(person, "185.220.101.1", IPHONE, "other", stranger.secret).sign_in
    assert proven.is_familiar and proven.reasons == ["device_proven"]
    assert actions.note_sign_in(person, "185.220.101.1", IPHONE, "other", "").sign_in.is_familiar


@pytest.mark.django_db
def test_a_device_that_nobody_objected_to_for_two_weeks_is_known():
    person = world.customer()
    actions.note_sign_in(person, TOKYO, CHROME, "session", "")
    stranger = actions.note_sign_in(person, "185.220.101.1", IPHONE, "other", "")
    Device.objects.filter(pk=stranger.sign_in.device_id).update(first_seen_at=timezone.now() - timedelta(days=15))
    assert actions.note_sign_in(person, "185.220.101.1", IPHONE, "other", stranger.secret).sign_in.is_familiar


@pytest.mark.django_db
def test_a_removed_device_is_unusual_wherever_it_comes_from():
    person = world.customer()
    own = actions.note_sign_in(person, TOKYO, CHROME, "session", "")
    actions.note_sign_in(person, OSAKA, CHROME, "session", own.secret)
    actions.revoke_devices(person)
    removed = actions.note_sign_in(person, TOKYO, CHROME, "session", own.secret)
    assert not removed.sign_in.is_familiar and removed.sign_in.reasons[0] == "device_removed"
    assert removed.secret != own.secret


@pytest.mark.django_db
def test_each_threshold_says_what_it_would_have_touched():
    operator = world.agent()
    Feed.objects.bulk_create(
        Feed(keys=[score_key(int(timezone.now().timestamp() // 86400) - day, score)])
        for day, score in [(0, None), (1, -3.0), (2, 0.55), (3, 1.0), (29, 2.99), (31, 5.0)]
    )
    learning.fold()
    touched = actions.share_touched()
    assert touched[-80] == 4 / 5 and touched[-30] == 4 / 5 and touched[-29] == 3 / 5
    assert touched[5] == 3 / 5 and touched[6] == 2 / 5 and touched[10] == 2 / 5 and touched[11] == 1 / 5
    assert touched[30] == 0
    actions.set_threshold(Level.UNFAMILIAR, 5, operator)
    assert actions.tenths_from(Level.UNFAMILIAR) == 5
    with pytest.raises(ValueError):
        actions.set_threshold(Level.UNFAMILIAR, 500, operator)


@pytest.mark.django_db
def test_thresholds_decide():
    person, operator = world.customer(), world.agent()
    actions.note_sign_in(person, TOKYO, CHROME, "session", "")
    actions.set_threshold(Level.UNFAMILIAR, -80, operator)
    strict = actions.note_sign_in(person, TOKYO, CHROME, "session", "").sign_in
    assert not strict.is_familiar and not strict.is_very_unfamiliar
    actions.set_threshold(Level.UNFAMILIAR, 80, operator)
    actions.set_threshold(Level.VERY_UNFAMILIAR, 80, operator)
    assert actions.note_sign_in(person, "185.220.101.1", IPHONE, "session", "").sign_in.is_familiar
