"""The embedded PostgreSQL as whole processes use it: together, one after the other, and killed hard."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from mioboe.site import postgres
from mioboe.site.errors import StartError

USE = """
import sys
from pathlib import Path
from mioboe.site.postgres import database_url
print(database_url(Path(sys.argv[1]), durable=False), flush=True)
sys.stdin.read()
"""


class Users:
    """Processes that use the data folder's PostgreSQL until they are told to go."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.running: list[subprocess.Popen[str]] = []

    def come(self) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USE, str(self.data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.running.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    def go(self, process: subprocess.Popen[str]) -> None:
        process.communicate()
        assert process.returncode == 0
        self.running.remove(process)

    def kill(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.communicate()
        self.running.remove(process)

    def server(self) -> int | None:
        note = self.data / "postgres/data/postmaster.pid"
        return int(note.read_text().splitlines()[0]) if note.exists() else None


@pytest.fixture
def users(tmp_path: Path) -> Iterator[Users]:
    with ExitStack() as stack:
        users = Users(tmp_path / "data")
        stack.callback(lambda: [users.go(process) for process in list(users.running)])
        yield users


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    facts = dj_database_url.parse(url)
    return psycopg.connect(
        host=facts["HOST"], user=facts["USER"], password=facts["PASSWORD"], dbname=facts["NAME"], autocommit=True
    )


def is_alive(process: int) -> bool:
    """Dead is also who is only waiting for its parent to notice."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_two_processes_share_one_server_and_the_last_one_stops_it(users: Users) -> None:
    first, url = users.come()
    second, same = users.come()
    server = users.server()
    assert same == url
    users.go(first)
    with connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("mioboe",)
    assert users.server() == server
    users.go(second)
    assert users.server() is None
    assert server is not None and not is_alive(server)


def test_what_was_kept_is_there_at_the_next_start(users: Users) -> None:
    process, url = users.come()
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'ほしぞら' AS word")
    users.go(process)
    _, url = users.come()
    with connect(url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("ほしぞら",)


def test_a_server_left_by_a_killed_process_is_found_and_stopped_in_the_end(users: Users) -> None:
    process, url = users.come()
    server = users.server()
    users.kill(process)
    assert server is not None and is_alive(server)
    process, same = users.come()
    assert (same, users.server()) == (url, server)
    users.go(process)
    assert not is_alive(server)


def test_after_everything_was_killed_the_next_start_works(users: Users) -> None:
    process, _ = users.come()
    server = users.server()
    assert server is not None
    users.kill(process)
    os.kill(server, signal.SIGKILL)
    _, url = users.come()
    with connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_stale_note_that_names_a_living_stranger_is_no_hindrance(users: Users) -> None:
    process, url = users.come()
    note = users.data / "postgres/data/postmaster.pid"
    words = note.read_text().splitlines()
    users.go(process)
    note.write_text("\n".join([str(os.getpid()), *words[1:]]) + "\n")
    _, url = users.come()
    with connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_socket_that_was_cleaned_away_is_made_again(users: Users) -> None:
    process, url = users.come()
    users.kill(process)
    (Path(dj_database_url.parse(url)["HOST"]) / postgres.SOCKET).unlink()
    _, url = users.come()
    with connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_an_interrupted_first_start_is_begun_again(users: Users) -> None:
    data = users.data / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    _, url = users.come()
    with connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_nobody_else_reads_the_data_the_password_or_the_socket(users: Users) -> None:
    _, url = users.come()
    folder = users.data / "postgres"
    sockets = Path(dj_database_url.parse(url)["HOST"])
    assert [oct(path.stat().st_mode & 0o777) for path in (folder, folder / "data", folder / "password", sockets)] == [
        "0o700", "0o700", "0o600", "0o700",
    ]  # fmt: skip
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(sockets), user="mioboe", password="a guess", dbname="mioboe")


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="cannot be written to"):
        postgres.database_url(tmp_path / "file" / "data")


def test_root_without_user_namespaces_runs_it_as_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_namespaces_allowed", lambda: False)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        data.chmod(0o755)  # pytest's own folder would be closed to the other user
        url = postgres.database_url(data, durable=False)
        with connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        # Who is not root runs it as they are; root runs it as somebody else.
        assert (data / "postgres/data").stat().st_uid != 0
        postgres._leave(data.resolve() / "postgres")
        assert not (data / "postgres/data/postmaster.pid").exists()
