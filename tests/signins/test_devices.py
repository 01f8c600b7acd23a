"""Which browser is known, and what is forgotten."""

import pytest
from django.test import Client

from mioboe.people.session_store import SessionStore
from mioboe.signins.actions import (
    LONGEST_USER_AGENT,
    current_sign_in,
    note_in_session,
    note_sign_in,
    revoke_devices,
)
from mioboe.signins.models import Device, SignIn
from mioboe.trail.models import Entry
from tests import world

pytestmark = pytest.mark.django_db
TOKYO, OSAKA = "133.11.0.1", "133.1.0.1"


def note(person, secret="", ip=TOKYO, session="s", agent="Firefox"):
    return note_sign_in(person, ip, agent, session, secret)


def test_a_browser_that_proves_itself_is_known_wherever_it_is():
    hana = world.customer()
    secret = note(hana).secret
    away = note(hana, secret, OSAKA)
    assert (away.secret, away.sign_in.reasons, away.sign_in.is_familiar) == (secret, ["device_proven"], True)
    stranger = note(hana, "", "8.8.8.8", agent="curl/8")
    assert stranger.secret != secret and not stranger.sign_in.is_familiar


def test_a_secret_is_good_for_its_person_only():
    hana, ben = world.customer(), world.customer("ben@customer.example")
    note(ben)
    secret = note(hana).secret
    for tried in (secret, "made up"):
        noted = note(ben, tried)
        assert "device_proven" not in noted.sign_in.reasons and noted.secret != tried


def test_a_revoked_device_is_new_again_and_gets_a_new_secret():
    hana = world.customer()
    kept, lost = note(hana), note(hana)
    assert revoke_devices(hana, except_device=kept.sign_in.device) == 1
    assert note(hana, kept.secret).sign_in.reasons == ["device_proven"]
    again = note(hana, lost.secret)
    assert "device_removed" in again.sign_in.reasons and again.secret != lost.secret
    assert not again.sign_in.is_familiar
    assert revoke_devices(hana) == 2 and revoke_devices(hana) == 0


def test_only_this_persons_devices_are_revoked():
    ben = world.customer("ben@customer.example")
    note(ben)
    revoke_devices(world.customer())
    assert Device.objects.get(person=ben).revoked_at is None


def test_a_session_is_traced_to_its_own_sign_in():
    ours, before = note(world.customer()).sign_in, note(world.customer("ben@customer.example")).sign_in
    session, empty = SessionStore(), SessionStore()
    note_in_session(session, ours)
    session.save()
    found = current_sign_in(SessionStore(session.session_key))
    assert found == ours and found != before and found.device == ours.device
    assert current_sign_in(empty) is None
    SignIn.objects.filter(pk=ours.pk).delete()
    assert current_sign_in(session) is None


def test_a_browser_may_call_itself_whatever_it_likes():
    sign_in = note(world.customer(), agent="x" * 5000).sign_in
    assert len(sign_in.user_agent) == LONGEST_USER_AGENT


def test_a_new_password_is_on_record(client: Client):
    hana = world.customer()
    client.post("/account/login/", {"login": hana.email, "password": world.PASSWORD})
    new = "a-new-long-pass-phrase-2"
    client.post("/account/password/change/", {"oldpassword": world.PASSWORD, "password1": new, "password2": new})
    entry = Entry.objects.get(verb="password.changed")
    assert (entry.about, entry.actor, entry.actor_kind) == ([hana.ref], hana, "customer")


def test_a_cookie_far_too_long_is_replaced_by_one_of_ours(client: Client):
    hana = world.customer()
    client.cookies["device"] = "x" * 5000
    client.post("/account/login/", {"login": hana.email, "password": world.PASSWORD})
    assert 32 <= len(client.cookies["device"].value) <= 64
