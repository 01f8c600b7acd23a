"""Who is told of what, how often, and what an answer does."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mioboe.mails.models import Link, Mail
from mioboe.signins.actions import answer_mine, answer_not_mine, note_attempt, note_sign_in, notice_of, tell_of_tries
from mioboe.signins.actions.notices import MANY_TRIES, MOST_MAILS_A_DAY
from mioboe.signins.models import AccountProfile, Attempt, Notice, NoticeKind
from tests import world

TOKYO, OSAKA, TOR = "133.11.0.1", "133.1.0.1", "185.220.101.1"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"


def stranger(person, agent=IPHONE, ip=TOR):
    return note_sign_in(person, ip, agent, "other", "").sign_in


def notices():
    return Mail.objects.filter(kind="sign_in_notice")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "device", "place"), [("en", "Safari on an iPhone", "Germany"), ("ja", "iPhoneのSafari", "ドイツ")]
)
def test_an_unusual_sign_in_is_told_in_the_customers_language_with_one_link(language, device, place):
    hana = world.customer(language=language)
    note_sign_in(hana, TOKYO, "Firefox", "own", "")
    assert not notices().exists()  # nobody is told of an account's first sign-in
    stranger(hana)
    mail = notices().get()
    assert mail.person == hana and device in mail.text and place in mail.text and device in mail.html
    assert len(set(re.findall(r"\S+/help/safety/notice/\S+", mail.text))) == 1
    assert "/help/safety/\n" in mail.text  # the way without the link
    assert re.search(r"\d\d:\d\d", mail.text)


@pytest.mark.django_db
def test_a_usual_sign_in_is_not_told():
    hana = world.customer()
    own = note_sign_in(hana, TOKYO, "Firefox", "own", "")
    note_sign_in(hana, OSAKA, "Firefox", "own", own.secret)
    assert not Mail.objects.exists() and not Notice.objects.exists()


@pytest.mark.django_db
def test_many_unusual_sign_ins_are_a_bounded_number_of_mails_and_all_in_the_history():
    hana = world.customer()
    note_sign_in(hana, TOKYO, "Firefox", "own", "")
    for number in range(MOST_MAILS_A_DAY + 3):
        stranger(hana, f"{IPHONE} {number}")
    assert notices().count() == MOST_MAILS_A_DAY
    assert Notice.objects.filter(mailed_at=None).count() == 3
    Notice.objects.update(mailed_at=timezone.now() - timedelta(hours=25))
    stranger(hana)
    assert notices().count() == MOST_MAILS_A_DAY + 1


@pytest.mark.django_db
def test_this_was_me_makes_the_device_known_and_teaches_the_account_once():
    hana = world.customer()
    note_sign_in(hana, TOKYO, "Firefox", "own", "")
    noted = note_sign_in(hana, TOR, IPHONE, "other", "")
    notice = notice_of(noted.sign_in)
    assert answer_mine(notice)
    learned = AccountProfile.objects.get(person=hana)
    again = Notice.objects.get(pk=notice.pk)
    assert not answer_mine(again) and not answer_not_mine(again)
    assert AccountProfile.objects.get(person=hana).version == learned.version and learned.sign_ins == 2
    assert note_sign_in(hana, TOR, IPHONE, "other", noted.secret).sign_in.reasons == ["device_proven"]


@pytest.mark.django_db
def test_what_a_second_step_has_taught_is_not_taught_again():
    from mioboe.signins.actions import know_device, learn

    hana = world.customer()
    note_sign_in(hana, TOKYO, "Firefox", "own", "")
    sign_in = stranger(hana)
    assert know_device(sign_in.device)
    learn(sign_in)
    assert answer_mine(notice_of(sign_in))
    assert AccountProfile.objects.get(person=hana).sign_ins == 2


def fail(person, times, *ips):
    for number in range(times):
        note_attempt(person, ips[number % len(ips)], "curl/8")


@pytest.mark.django_db
def test_failures_are_told_when_they_are_many_once_a_day(run_jobs, no_mail_server):
    hana = world.customer()
    fail(hana, MANY_TRIES - 1, TOKYO)
    run_jobs()
    assert not Mail.objects.exists()
    fail(hana, 5, TOKYO)
    run_jobs()
    mail = Mail.objects.get()
    assert mail.kind == "tries_notice" and mail.person == hana and "Tokyo" in mail.text
    assert "notice/" not in mail.text
    fail(hana, 30, TOKYO, OSAKA, TOR)
    run_jobs()
    assert Mail.objects.count() == 1
    Notice.objects.update(mailed_at=timezone.now() - timedelta(hours=25))
    fail(hana, 1, TOKYO)
    run_jobs()
    assert Mail.objects.count() == 2


@pytest.mark.django_db
def test_failures_from_three_networks_are_told_earlier(run_jobs, no_mail_server):
    hana = world.customer()
    fail(hana, 2, TOKYO, TOR)
    run_jobs()
    assert not Mail.objects.exists()
    fail(hana, 1, "49.98.0.1")
    run_jobs()
    assert Mail.objects.get().kind == "tries_notice"


@pytest.mark.django_db
def test_failures_spread_over_the_day_and_at_unknown_addresses_are_nobodys_mail(run_jobs, no_mail_server, client):
    hana = world.customer()
    for _ in range(MANY_TRIES):
        client.post("/account/login/", {"login": "nobody@customer.example", "password": "wrong"})
    fail(None, MANY_TRIES, TOKYO, OSAKA, TOR)
    fail(hana, MANY_TRIES - 1, TOKYO)
    Attempt.objects.filter(person=hana).update(last_at=timezone.now() - timedelta(minutes=61))
    fail(hana, 1, OSAKA)
    run_jobs()
    assert not Mail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_however_many_tell_at_once_the_bounds_hold(no_mail_server):
    hana = world.customer()
    note_sign_in(hana, TOKYO, "Firefox", "own", "")
    fail(hana, MANY_TRIES, TOKYO)
    begin = threading.Barrier(8)

    def tell(number):
        begin.wait()
        tell_of_tries(hana)
        stranger(hana, f"{IPHONE} {number}")
        connection.close()

    threads = [threading.Thread(target=tell, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Notice.objects.filter(kind=NoticeKind.TRIED).count() == 1
    assert Mail.objects.filter(kind="tries_notice").count() == 1
    assert notices().count() == MOST_MAILS_A_DAY
    assert Link.objects.count() == MOST_MAILS_A_DAY
