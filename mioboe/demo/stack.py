"""The whole demo: every process of Mioboe on one machine, started, watched and ended together."""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
from django.conf import LazySettings

from mioboe.site.errors import StartError
from mioboe.site.first_look import Asked, look_first

PROCESSES = ("web", "live", "worker", "mailbox")
START_LIMIT_S = 120  # a small machine that does other things as well
END_LIMIT_S = 5
REACH_LIMIT_S = 5
LONGEST_PAUSE_S = 30
PR_SET_PDEATHSIG = 1


def main(once: bool, plays: bool = True) -> int:
    """Runs the demo until Ctrl-C (or, with `once`, until the story is over); `plays` is whether the story comes first.
    Answers the exit status. Raises StartError before anything was made or started where a setting is wrong, a port is
    busy, the database cannot be reached, the folder cannot be written to or a second copy runs."""
    told = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: told.set())
    with contextlib.ExitStack() as held:
        look_first(lambda asked: _look(asked, held))
        return _run(once, plays, told)


def _run(once: bool, plays: bool, told: threading.Event) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mioboe.site.settings")
    import django

    django.setup()
    from django.conf import settings

    os.environ["DATABASE_URL"] = settings.DATABASE_URL
    _prepare()
    children = {name: Child(name, settings.DATA_DIR / "log") for name in PROCESSES}
    films: subprocess.Popen[bytes] | None = None
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(children, ended), daemon=True)
    try:
        for child in children.values():
            if not told.is_set():
                child.start()
        _wait_until_up(children, settings, told)
        watcher.start()
        films = None if once else _make_films(settings.DATA_DIR / "log")
        went_well = not plays or (not told.is_set() and _play(settings.DATA_DIR, told))
        if not once and not told.is_set():
            _say_where(settings.MIOBOE_BASE_URL)
            told.wait()
        return 0 if went_well or not once else 1
    finally:
        ended.set()
        if watcher.is_alive():
            watcher.join()
        if films is not None and films.poll() is None:
            films.terminate()
            films.wait()
        _end(children)


def _play(data_dir: Path, told: threading.Event) -> bool:
    """Plays the story in a process of its own, which can be ended in the middle. Answers whether all went well."""
    story = subprocess.Popen(
        [sys.executable, "-m", "mioboe", "story"],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "MIOBOE_DATA_DIR": str(data_dir)},
        preexec_fn=_end_with_parent,
        start_new_session=True,
    )
    while story.poll() is None:
        if told.wait(0.1):
            os.killpg(story.pid, signal.SIGTERM)
            story.wait()
    return story.returncode == 0


def _watch(children: "dict[str, Child]", ended: threading.Event) -> None:
    while not ended.wait(0.5):
        for child in children.values():
            child.look_after()


def _end(children: "dict[str, Child]") -> None:
    for child in children.values():
        child.tell()
    deadline = time.monotonic() + END_LIMIT_S
    for child in children.values():
        child.end(deadline)


# --- may it begin? -------------------------------------------------------------------------------------------------


def _look(asked: Asked, held: contextlib.ExitStack) -> None:
    """Raises StartError where there is nothing to begin; what it makes last, the lock, is held until `held` closes."""
    path = asked.data_dir / "demo.lock"
    lock = _only_copy(path, asked.base_url, held) if path.exists() else None
    _must_be_free(asked.ports)
    if asked.database:
        _must_be_reached(asked.database)
    if lock is None:
        lock = _only_copy(path, asked.base_url, held)
    os.truncate(lock, 0)
    os.pwrite(lock, asked.base_url.encode(), 0)
    if not asked.database:
        _keep_database(asked.data_dir, held)


def _only_copy(path: Path, address: str, held: contextlib.ExitStack) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartError(f"the data folder {path.parent} cannot be written to ({error.strerror})") from error
    held.callback(os.close, lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        running = os.pread(lock, 200, 0).decode() or address
        raise StartError(f"a demo is running in this folder already: {running}") from error
    return lock


def _must_be_free(ports: dict[str, int]) -> None:
    by_port: dict[int, str] = {}
    for name, port in ports.items():
        if port in by_port:
            raise StartError(f"{by_port[port]} and {name} are both {port}: set one of them to another port")
        by_port[port] = name
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError as error:
                raise StartError(f"port {port} is not for everybody: set {name} to one above 1023") from error
            except OSError as error:
                raise StartError(f"port {port} is busy: end what uses it, or set {name} to another") from error


def _must_be_reached(database: dict[str, Any]) -> None:
    facts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    given = {name: str(database[key]) for name, key in facts.items() if database.get(key)}
    # What belongs to Django rather than to libpq (pool, isolation_level) is no text.
    options = {name: value for name, value in database.get("OPTIONS", {}).items() if isinstance(value, str)}
    try:
        address = psycopg.conninfo.make_conninfo(**{"connect_timeout": str(REACH_LIMIT_S), **options, **given})
        psycopg.connect(address).close()
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        raise StartError(f"the database of DATABASE_URL cannot be reached: {said}") from error


def _keep_database(data_dir: Path, held: contextlib.ExitStack) -> None:
    """A process that does nothing but use the database, so that the last one out, who stops it, is never one that was
    killed."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "mioboe.site.postgres", str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # what hinders it hinders us, and we say so
        start_new_session=True,
    )
    held.callback(keeper.communicate)


# --- what runs -----------------------------------------------------------------------------------------------------


def _prepare() -> None:
    from django.core.management import call_command

    from mioboe.site.words import compile_words

    compile_words()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_demo", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _make_films(logs: Path) -> "subprocess.Popen[bytes]":
    """Draws and encodes the films beside everything else, and after it: the first is there within seconds, the last within
    a minute or two, and only at the first start."""
    with (logs / "films.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "mioboe", "make_clips"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=_last_in_line,
            start_new_session=True,
        )


def _last_in_line() -> None:
    os.nice(19)
    _end_with_parent()


def _end_with_parent() -> None:
    """A child of a demo that was killed hard ends, too (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    def __init__(self, name: str, logs: Path) -> None:
        self.name = name
        logs.mkdir(parents=True, exist_ok=True)
        self.log = logs / f"{name}.log"
        self.pause_s = 1
        self.again_at = 0.0
        self.started_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.started_at = time.time()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mioboe", self.name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent,
                start_new_session=True,
            )

    def last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])

    def look_after(self) -> None:
        """Starts it again, after a growing pause, where it has died."""
        if self.process is None or self.process.poll() is None:
            return
        if not self.again_at:
            self._end_rest()
            print(f"{self.name} ended ({self.process.returncode}), again in {self.pause_s} s:\n{self.last_lines()}")
            self.again_at = time.monotonic() + self.pause_s
            self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        elif time.monotonic() >= self.again_at:
            self.again_at = 0.0
            self.start()

    def tell(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)

    def end(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._end_rest()

    def _end_rest(self) -> None:
        """Ends what a process that was killed hard has left of itself: it would keep the port busy."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def _wait_until_up(children: dict[str, Child], settings: LazySettings, told: threading.Event) -> None:
    ports = {
        "web": settings.MIOBOE_WEB_PORT,
        "live": settings.MIOBOE_LIVE_PORT,
        "mailbox": settings.MIOBOE_SMTP_PORT,
    }
    deadline = time.monotonic() + START_LIMIT_S
    for name, child in children.items():
        while not told.is_set() and not (_answers(ports[name]) if name in ports else _works(child)):
            if time.monotonic() > deadline or child.process is None or child.process.poll() is not None:
                raise StartError(f"{name} does not start; the end of {child.log}:\n{child.last_lines()}")
            time.sleep(0.05)


def _works(worker: Child) -> bool:
    """Whether the worker has signed on with the job queue since it was started."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat >= to_timestamp(%s)", [worker.started_at]
        )
        return bool(cursor.fetchone()[0])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _say_where(address: str) -> None:
    from mioboe.demo import people

    print(
        f"\nThe demo is up: {address}/demo/\n"
        f"  customer {people.CUSTOMER}, agents {', '.join(people.AGENTS)}; password {people.PASSWORD}\n"
        "  Ctrl-C ends everything.",
        flush=True,
    )
