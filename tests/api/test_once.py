"""A write asked for twice is done once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mioboe.api.jobs import forget_answers
from mioboe.api.models import KeptAnswer
from mioboe.signins.models import SignIn
from tests.api.programs import Program

SENT = {"account": "17", "device_secret": ""}


@pytest.mark.django_db
def test_asked_again_it_is_answered_the_same_and_done_once():
    program = Program()
    first, again = (program.post("signins", SENT, "same") for _ in range(2))
    assert first.json() == again.json() and SignIn.objects.count() == 1
    other = program.post("signins", {"account": "18"}, "same")
    assert (other.status_code, other.json()["code"]) == (422, "other-request")
    elsewhere = program.post(f"signins/{first.json()['sign_in']['id']}/answer", {"is_mine": True}, "same")
    assert elsewhere.status_code == 422
    assert Program("sato").post("signins", SENT, "same").json() != first.json()
    assert SignIn.objects.count() == 2


@pytest.mark.django_db
def test_what_is_kept_can_be_read_by_nobody_else():
    program = Program()
    secret = program.post("signins", SENT, "same").json()["sign_in"]["device"]["secret"]
    kept = KeptAnswer.objects.get()
    assert secret.encode() not in bytes(kept.answer) and "same" not in str(vars(kept))


@pytest.mark.django_db
def test_a_day_later_it_is_a_new_request():
    program = Program()
    program.post("signins", SENT, "same")
    KeptAnswer.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    assert program.post("signins", SENT, "same").status_code == 200
    assert SignIn.objects.count() == 2
    KeptAnswer.objects.update(at=timezone.now() - timedelta(days=1, seconds=1))
    forget_answers.func(timestamp=0)
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db
def test_what_was_refused_is_not_kept():
    program = Program()
    assert program.post("signins/1/answer", {"is_mine": True}, "same").status_code == 404
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_asked_by_four_at_once_it_is_done_once():
    program = Program()
    answers, gate = [], threading.Barrier(4)

    def ask() -> None:
        gate.wait()
        answers.append(program.post("signins", SENT, "same").json()["sign_in"])
        connection.close()

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(answers) == 4 and all(answer == answers[0] for answer in answers)
    assert SignIn.objects.count() == 1
