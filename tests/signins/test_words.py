import pytest
from django.utils.translation import override

from mioboe.signins.actions import note_sign_in, revoke_devices
from mioboe.signins.familiarity import DeviceSeen, NetworkSeen
from mioboe.signins.models import SignIn
from mioboe.signins.words import reason_words
from tests import world


@pytest.mark.parametrize("network", [*NetworkSeen, None])
@pytest.mark.parametrize("device", [*DeviceSeen, None])
@pytest.mark.parametrize("place", [("JP", "Osaka"), ("NO", ""), ("", "")])
def test_every_outcome_has_words_of_its_own_in_both_languages(network, device, place):
    sign_in = SignIn(country=place[0], prefecture=place[1], network_seen=network, device_seen=device, reasons=["x"])
    with override("en"):
        english = reason_words(sign_in)
    with override("ja"):
        japanese = reason_words(sign_in)
    assert english.endswith(".") and japanese.endswith("。") and "%" not in english + japanese
    assert not any("a" <= letter <= "z" for letter in japanese)
    if network is not None and place[1]:
        assert "Osaka" in english and "大阪府" in japanese


def test_the_words_say_what_was_new():
    sign_in = SignIn(country="JP", prefecture="Osaka", network_seen=NetworkSeen.COUNTRY, device_seen=DeviceSeen.SYSTEM)
    with override("en"):
        assert reason_words(sign_in) == "A new browser, on a network in Osaka that this account has never used."


@pytest.mark.django_db
def test_what_was_decided_without_the_score_says_so():
    person = world.customer()
    first = note_sign_in(person, "133.11.0.1", "curl/8", "s", "")
    again = note_sign_in(person, "133.11.0.1", "curl/8", "s", first.secret)
    revoke_devices(person)
    removed = note_sign_in(person, "133.11.0.1", "curl/8", "s", first.secret)
    with override("en"):
        assert reason_words(first.sign_in) == "The first sign-in of this account."
        assert reason_words(again.sign_in) == "A device that this account knows."
        assert reason_words(removed.sign_in).startswith("A device that was removed from this account. ")
        assert reason_words(SignIn(reasons=["no_history"])).startswith("There is nothing")
