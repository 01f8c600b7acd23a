"""Guessing is slow, and nobody's guessing locks anybody else out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mioboe.people import actions
from mioboe.people.guesses import AT_ONE_ACCOUNT, FROM_ONE_NETWORK, LINKS_TO_ONE_MAILBOX
from mioboe.people.limits import Limit, count, counted, drop_old_counts, forget, uncount
from mioboe.people.models import Count
from tests import world
from tests.people.signing_in import ELSEWHERE, HOME, app_code, browser, is_in, newest_link, sign_in, with_app

pytestmark = pytest.mark.django_db
THREE_AN_HOUR = Limit("test", 3, 3600)


def test_so_many_and_no_more_and_then_it_says_how_long_to_wait():
    assert [count(THREE_AN_HOUR, "x") for _ in range(3)] == [0, 0, 0]
    assert 3590 <= count(THREE_AN_HOUR, "x") <= 3600
    assert count(THREE_AN_HOUR, "y") == 0
    Count.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert count(THREE_AN_HOUR, "x") == 0


def test_what_turned_out_right_is_taken_back_and_never_below_nothing():
    count(THREE_AN_HOUR, "x")
    for _ in range(3):
        uncount(THREE_AN_HOUR, "x")
    assert counted(THREE_AN_HOUR, "x") == 0
    count(THREE_AN_HOUR, "x")
    forget(THREE_AN_HOUR, "x")
    forget(THREE_AN_HOUR, "x")
    assert counted(THREE_AN_HOUR, "x") == 0


def test_no_mail_address_is_kept_and_old_counts_go():
    sign_in(browser(), password="wrong")
    assert not Count.objects.filter(key__contains="hana").exists()
    assert drop_old_counts() == 0
    Count.objects.update(ends_at=timezone.now())
    assert drop_old_counts() == 2
    assert drop_old_counts() == 0


@pytest.mark.django_db(transaction=True)
def test_many_at_once_count_as_many():
    def one(_: int) -> int:
        try:
            return count(THREE_AN_HOUR, "x")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(wait == 0 for wait in pool.map(one, range(24))) == 3


def guess(client, mail="hana@customer.example", times=AT_ONE_ACCOUNT.most):
    return [sign_in(client, mail, f"wrong-{number}").status_code for number in range(times)]


def test_whoever_guesses_waits_even_with_the_right_password_and_is_told_how_long():
    world.customer()
    guesser = browser(ELSEWHERE)
    assert set(guess(guesser)) == {200}
    answer = sign_in(guesser)
    assert answer.status_code == 429 and not is_in(guesser)
    assert 500 <= int(answer["Retry-After"]) <= 600
    assert "Try again in 10 minutes" in answer.content.decode()


def test_the_owner_gets_in_elsewhere_whatever_anybody_guesses():
    world.customer()
    guess(browser(ELSEWHERE), times=30)
    owner = browser(HOME)
    assert sign_in(owner).status_code == 302 and is_in(owner)


def test_a_known_device_gets_in_from_the_very_network_on_which_somebody_guesses():
    world.customer()
    own = browser(ELSEWHERE)
    sign_in(own)
    own.post("/account/logout/")
    guess(browser(ELSEWHERE), times=AT_ONE_ACCOUNT.most + 1)
    for number in range(FROM_ONE_NETWORK.most):
        count(FROM_ONE_NETWORK, ELSEWHERE)
        assert number < 200
    assert sign_in(browser(ELSEWHERE), "other@customer.example").status_code == 429
    assert sign_in(own).status_code == 302 and is_in(own)


def test_a_known_devices_own_guesses_are_counted_too():
    world.customer()
    own = browser(HOME)
    sign_in(own)
    own.post("/account/logout/")
    guess(own)
    assert sign_in(own).status_code == 429
    assert sign_in(browser(HOME)).status_code != 429


def test_right_ones_in_between_buy_no_more_guesses():
    world.customer()
    world.customer("thief@customer.example")
    thief = browser(ELSEWHERE)
    guess(thief, times=5)
    other = browser(ELSEWHERE)
    assert sign_in(other, "thief@customer.example").status_code == 302
    guess(thief, times=5)
    assert sign_in(thief).status_code == 429


def test_one_ipv6_line_is_one_network():
    world.customer()
    for number in range(AT_ONE_ACCOUNT.most):
        sign_in(browser(f"2400:4050:1:2::{number + 1:x}"), password="wrong")
    assert sign_in(browser("2400:4050:1:2:ffff::1")).status_code == 429
    assert sign_in(browser("2400:4050:1:3::1")).status_code != 429


def test_the_second_step_is_no_lock_either_for_a_reset_link_frees_it(run_jobs, no_mail_server):
    """Whoever wears its limit out has the password; setting a new one ends that."""
    hana = world.customer()
    with_app(hana)
    for network in range(3):
        thief = browser(f"203.0.113.{network}")
        sign_in(thief)
        for _ in range(10):
            assert thief.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    owner = browser(HOME)
    sign_in(owner)
    assert owner.post("/account/2fa/authenticate/", {"code": app_code()}).status_code == 429
    actions.send_reset_link(hana)
    form = owner.get(newest_link(hana.email), follow=True).redirect_chain[-1][0]
    new = {"password1": "a-new-long-pass-phrase-2", "password2": "a-new-long-pass-phrase-2"}
    assert owner.post(form, new).status_code == 302
    assert owner.post("/account/2fa/authenticate/", {"code": app_code()}).status_code == 302
    assert is_in(owner)


def test_a_mailbox_gets_so_many_reset_links_and_the_answer_stays_the_same(run_jobs, no_mail_server):
    from mioboe.mails.models import Mail

    hana = world.customer()
    answers = {
        browser(f"203.0.113.{number}").post("/account/password/reset/", {"email": hana.email}).status_code
        for number in range(8)
    }
    run_jobs()
    assert answers == {302}
    assert Mail.objects.count() == LINKS_TO_ONE_MAILBOX.most


def test_a_signed_in_intruder_cannot_keep_the_owner_from_a_new_password():
    world.customer()
    own, intruder = browser(HOME), browser(ELSEWHERE)
    sign_in(own)
    sign_in(intruder)
    new = {"password1": "a-new-long-pass-phrase-2", "password2": "a-new-long-pass-phrase-2"}
    for _ in range(15):
        last = intruder.post("/account/password/change/", {"oldpassword": "wrong", **new})
    assert last.status_code == 429
    assert own.post("/account/password/change/", {"oldpassword": world.PASSWORD, **new}).status_code == 302
    assert not is_in(intruder) and is_in(own)
