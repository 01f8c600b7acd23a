"""A device's secret is replaced again and again; a lost answer is no theft, a copy of an old secret is noticed."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import override
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as some

from mioboe.mails.models import Mail
from mioboe.signins.actions import note_sign_in, revoke_device, see_device
from mioboe.signins.actions.device_secrets import LONGEST_COOKIE, MOST_ACCOUNTS, cookie_with, shown_device
from mioboe.signins.actions.devices import MOST_DEVICES
from mioboe.signins.models import Device
from mioboe.signins.words import reason_words
from mioboe.trail.models import Entry
from tests import world

TOKYO = "133.11.0.1"
LOGIN = "/account/login/"


def note(person, secret="", agent="Firefox"):
    return note_sign_in(person, TOKYO, agent, "s", secret)


def later(**time):
    """So much time passes for every device's secret."""
    for device in Device.objects.all():
        settled = device.settled_at and device.settled_at - timedelta(**time)
        Device.objects.filter(pk=device.pk).update(rotated_at=device.rotated_at - timedelta(**time), settled_at=settled)


def used(person, cookie):
    """The browser goes on with it, some minutes later."""
    later(minutes=5)
    return see_device(person, cookie)


@pytest.mark.django_db
def test_each_sign_in_gives_a_new_secret_and_keeps_the_device():
    hana = world.customer()
    first = note(hana)
    later(minutes=5)
    second = note(hana, first.secret)
    assert second.sign_in.device == first.sign_in.device and second.sign_in.reasons == ["device_proven"]
    assert second.secret != first.secret
    kept = Device.objects.get()
    assert not any(part in f"{kept.digest}{kept.secret}{kept.secret_before}" for part in second.secret.split("."))


@pytest.mark.django_db
def test_a_device_in_use_gets_a_new_secret_about_once_a_day():
    hana = world.customer()
    cookie = note(hana).secret
    assert used(hana, cookie).cookie == "" and used(hana, cookie).is_settled
    later(days=1)
    new = see_device(hana, cookie).cookie
    assert new and new != cookie
    assert see_device(hana, cookie).cookie == ""  # another tab, a moment later
    assert used(hana, new).is_settled and not Entry.objects.filter(verb="device.copied").exists()


@pytest.mark.django_db
def test_a_lost_answer_makes_nobody_a_thief():
    hana = world.customer()
    cookie = note(hana).secret
    used(hana, cookie)
    later(days=1)
    lost = see_device(hana, cookie).cookie
    later(days=3)
    again = see_device(hana, cookie)
    assert again.cookie not in ("", lost, cookie) and not again.is_copied
    later(days=3)
    assert note(hana, cookie).sign_in.reasons == ["device_proven"]


@pytest.mark.django_db
def test_two_tabs_at_once_keep_what_they_have():
    hana = world.customer()
    cookie = note(hana).secret
    later(minutes=5)
    new = note(hana, cookie).secret
    other_tab = note(hana, cookie)
    assert other_tab.sign_in.reasons == ["device_proven"] and other_tab.secret == ""
    assert note(hana, new).secret == new


@pytest.mark.django_db
def test_an_old_secret_shown_after_the_new_one_was_used_is_a_copy_and_both_have_to_prove_themselves(client):
    hana = world.customer()
    stolen = note(hana).secret
    used(hana, stolen)
    later(days=1)
    new = see_device(hana, stolen).cookie
    used(hana, new)
    thief = note(hana, stolen)
    assert not thief.sign_in.is_familiar and thief.sign_in.reasons[0] == "device_copied"
    with override("en"):
        assert "has a copy" in reason_words(thief.sign_in)
    assert Entry.objects.filter(verb="device.copied").count() == 1
    assert Mail.objects.filter(kind="sign_in_notice").count() == 1
    owner = note(hana, new)
    assert not owner.sign_in.is_familiar and owner.sign_in.reasons[0] == "device_copied"
    assert owner.sign_in.device != thief.sign_in.device
    assert Entry.objects.filter(verb="device.copied").count() == 1


@pytest.mark.django_db
def test_a_secret_that_was_replaced_unseen_is_a_copy_when_it_is_shown():
    """The thief was first: the owner's browser goes on with the secret before, the thief's is nobody's."""
    hana = world.customer()
    cookie = note(hana).secret
    used(hana, cookie)
    later(days=1)
    thiefs = see_device(hana, cookie).cookie
    later(minutes=5)
    assert see_device(hana, cookie).cookie
    later(minutes=5)
    assert see_device(hana, thiefs).is_copied


@pytest.mark.django_db
def test_a_copy_in_a_running_session_signs_that_device_out_and_tells_its_owner_once():
    hana = world.customer()
    browser = Client()
    browser.post(LOGIN, {"login": hana.email, "password": world.PASSWORD})
    assert browser.get("/help/safety/").status_code == 200
    old = browser.cookies["device"].value
    later(days=1)
    browser.session.save()
    session = browser.session
    session.pop("device_seen", None)
    session.save()
    browser.get("/help/safety/")
    assert browser.cookies["device"].value != old
    later(minutes=5)
    browser.get("/help/safety/")
    thief = Client()
    thief.cookies.update(browser.cookies)
    thief.cookies["device"] = old
    assert thief.get("/help/safety/").status_code == 302
    assert browser.get("/help/safety/").status_code == 302
    thief.get("/help/safety/")
    assert Mail.objects.filter(kind="copied_notice", person=hana).count() == 1
    assert Device.objects.get().copied_at


@pytest.mark.django_db
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(settings):
    world.customer()
    settings.SESSION_COOKIE_SECURE = True
    browser = Client()
    browser.post(LOGIN, {"login": "hana@customer.example", "password": world.PASSWORD}, secure=True)
    cookie = browser.cookies["device"]
    assert cookie["httponly"] and cookie["secure"] and cookie["samesite"] == "Lax"


@pytest.mark.django_db
def test_a_family_shares_one_browser():
    people = [world.customer(f"p{number}@customer.example") for number in range(MOST_ACCOUNTS + 1)]
    cookie = ""
    for person in people:
        cookie = note(person, cookie).secret
    assert len(cookie) <= LONGEST_COOKIE
    assert shown_device(people[0], cookie) is None  # the oldest goes
    for person in people[1:]:
        noted = note(person, cookie)
        assert noted.sign_in.reasons == ["device_proven"]


@pytest.mark.django_db
def test_a_removed_device_is_forgotten_by_its_cookie_too():
    hana = world.customer()
    first = note(hana)
    assert revoke_device(first.sign_in.device) and not revoke_device(first.sign_in.device)
    again = note(hana, first.secret)
    assert first.secret.split(".")[0] not in again.secret


@pytest.mark.django_db
def test_devices_do_not_grow_without_bound_and_known_ones_stay():
    hana = world.customer()
    own = note(hana)
    for number in range(MOST_DEVICES + 5):
        note_sign_in(hana, "185.220.101.1", f"{number}", "s", "")
    assert Device.objects.filter(person=hana).count() == MOST_DEVICES
    later(minutes=5)
    assert note(hana, own.secret).sign_in.reasons == ["device_proven"]


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_once_one_rotates_and_nobody_is_a_thief():
    hana = world.customer()
    cookie = note(hana).secret
    later(days=2)
    begin, answers = threading.Barrier(4), []

    def ask():
        begin.wait()
        answers.append(see_device(hana, cookie))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([answer for answer in answers if answer.cookie not in ("", cookie)]) == 1
    assert not any(answer.is_copied for answer in answers)


@how(max_examples=60, deadline=None)
@given(some.text(max_size=300), some.text(max_size=80), some.text(max_size=80))
def test_no_cookie_breaks_the_reading_of_it(cookie, entry, other):
    assert len(cookie_with("a" * 22 + "." + "b" * 32, cookie, other)) <= LONGEST_COOKIE
    assert isinstance(cookie_with(entry, cookie, other), str)
