"""The fixture `run_jobs` that the rooms' tests lean on."""

from collections.abc import Callable

import pytest
from procrastinate.contrib.django import app


def test_due_jobs_run_once_and_what_they_raise_is_seen(
    run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def send(mail_id: int) -> None:
        sent.append(mail_id)
        if mail_id == 3:
            raise ConnectionError("nobody there")

    monkeypatch.setattr(app.tasks["mails.send_mail"], "func", send)
    app.configure_task("mails.send_mail").defer(mail_id=1)
    app.configure_task("mails.send_mail", schedule_in={"hours": 1}).defer(mail_id=2)
    assert run_jobs() == 1
    assert run_jobs() == 0
    app.configure_task("mails.send_mail").defer(mail_id=3)
    with pytest.raises(ConnectionError):
        run_jobs()
    assert sent == [1, 3]
