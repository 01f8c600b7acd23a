"""What a job of the worker defers commits with what it writes: nobody begins with what is not there yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from mioboe.cases.actions import open_case, resolve
from mioboe.cases.models import ProofKind, RemedyState
from mioboe.mails.models import Mail, MailState
from tests import world
from tests.faults.test_a_worker_is_killed import MailServer, start_worker, until  # noqa: F401  a fixture


@contextmanager
def nobody_writes_in_the_trail() -> Iterator[Callable[[], bool]]:
    """Holds everybody up at their next entry; answers how to see that somebody waits."""
    facts = connection.settings_dict
    with psycopg.connect(
        host=facts["HOST"], user=facts["USER"], password=facts["PASSWORD"], dbname=facts["NAME"]
    ) as other:
        other.execute("LOCK TABLE trail_entry IN EXCLUSIVE MODE")

        def somebody_waits() -> bool:
            waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'trail_entry'::regclass AND NOT granted"
            return bool(other.execute(waiting).fetchone()[0])  # type: ignore[index]

        yield somebody_waits
        other.rollback()


def jobs(task: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", [task])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_a_job_writes_is_sent_after_it_is_written_and_not_before(start_worker):  # noqa: F811
    server = MailServer()
    server.holds = False
    case = open_case(world.customer(), None, ProofKind.MAILBOX)
    resolve(case, ["send_reset_link"])
    with nobody_writes_in_the_trail() as somebody_waits:
        start_worker(server.port)
        until(somebody_waits, "the plan was never walked")
        # The mail is written and its job deferred, in a transaction that goes on.
        assert (Mail.objects.count(), jobs("mails.send_mail")) == (0, 0)
    until(lambda: Mail.objects.filter(state=MailState.SENT).exists(), "the mail was lost")
    until(lambda: case.remedies.get().state == RemedyState.DONE, "the remedy was never done")
    assert len(server.taken) == 1
    server.close()
