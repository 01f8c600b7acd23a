"""The tests' own world: an embedded PostgreSQL that forgets, and a data folder of this run's own."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.utils import timezone, translation

REPOSITORY = Path(__file__).resolve().parents[1]


def _own_data_folder() -> Path:
    """The first of var/test, var/test-2, … that no other run uses; the lock lasts as long as this process."""
    number = 1
    while True:
        folder = REPOSITORY / "var" / ("test" if number == 1 else f"test-{number}")
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return folder
        except BlockingIOError:
            os.close(handle)
            number += 1


# Before Django is loaded, and once for a run: the processes of pytest-xdist inherit it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    from mioboe.site.postgres import database_url

    for name in [name for name in os.environ if name.startswith("MIOBOE_")]:
        del os.environ[name]
    data_folder = _own_data_folder()
    os.environ["MIOBOE_DEMO"] = "1"
    os.environ["MIOBOE_DATA_DIR"] = str(data_folder)
    os.environ["DATABASE_URL"] = database_url(data_folder, durable=False)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mioboe.site.settings"

# Test modules import models while they are collected.
django.setup()

# Far more than any action's jobs and the jobs they start: a job that starts itself again for ever is a failure.
MOST_JOBS = 200


# These take longest, so they begin first: what is short fills the other process meanwhile.
LONGEST = ("stories/test_every_page.py", "stories/test_one_night.py", "demo/test_starting.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((n for n, name in enumerate(LONGEST) if item.path.as_posix().endswith(name)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _own_mail_backend(settings: Any) -> None:
    """Django's test environment puts its own in the place of ours."""
    settings.EMAIL_BACKEND = "mioboe.mails.backend.LedgerBackend"


@pytest.fixture(autouse=True)
def _no_jobs_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """The queue is no model of Django's, so nobody empties it after a test that commits."""
    marked = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or (marked is not None and marked.kwargs.get("transaction"))
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture(autouse=True)
def _own_tallies() -> None:
    """What one test has taught the process about sign-ins, the next does not know."""
    from mioboe.signins.actions import memory

    memory.forget()


@pytest.fixture(autouse=True)
def _nobodys_language_and_clock() -> None:
    """A request leaves its language and time zone behind in its thread; the next test must not lean on them."""
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """The real hash is slow on purpose; here it would be most of every test's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def no_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jobs that send mails find nothing to do: for tests that run jobs and look at something else."""
    from procrastinate.contrib.django import app

    monkeypatch.setattr(app.tasks["mails.send_mail"], "func", lambda mail_id: None)


@pytest.fixture
def run_jobs(db: None) -> Callable[[], int]:
    """Runs every job that is due, and those that they start, in the test's own transaction; answers how many. What a job
    raises, the test sees: nothing is tried again."""
    from django.db import connection
    from procrastinate.contrib.django import app

    def run() -> int:
        for done in range(MOST_JOBS):
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = ("
                    "  SELECT id FROM procrastinate_jobs WHERE status = 'todo'"
                    "  AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())"
                    "  ORDER BY priority DESC, id LIMIT 1"
                    ") RETURNING id, task_name, args"
                )
                row = cursor.fetchone()
            if row is None:
                return done
            job, task, arguments = row
            # Django hands out jsonb as it came, as text.
            app.tasks[task].func(**(json.loads(arguments) if isinstance(arguments, str) else arguments))
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job])
        raise AssertionError(f"more than {MOST_JOBS} jobs: one of them starts itself again")

    return run
