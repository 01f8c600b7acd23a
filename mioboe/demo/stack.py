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

from django.conf import LazySettings

from mioboe.site.errors import StartError

PROCESSES = ("web", "live", "worker", "mailbox")
START_LIMIT_S = 40
END_LIMIT_S = 5
LONGEST_PAUSE_S = 30
PR_SET_PDEATHSIG = 1


def main(once: bool) -> int:
    """Runs the demo until Ctrl-C (or, with `once`, until the story is over). Answers the exit status. Raises StartError
    before anything was started where a port is busy, the folder cannot be written to or a second copy runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mioboe.site.settings")
    import django

    django.setup()
    from django.conf import settings

    os.environ["DATABASE_URL"] = settings.DATABASE_URL
    lock = _only_copy(settings.DATA_DIR, settings.MIOBOE_BASE_URL)
    for name, port in (
        ("WEB_PORT", settings.MIOBOE_WEB_PORT),
        ("LIVE_PORT", settings.MIOBOE_LIVE_PORT),
        ("SMTP_PORT", settings.MIOBOE_SMTP_PORT),
    ):
        _must_be_free(name, port)
    told = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: told.set())
    _prepare()
    children = {name: Child(name, settings.DATA_DIR / "log") for name in PROCESSES}
    films: subprocess.Popen[bytes] | None = None
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(children, ended), daemon=True)
    try:
        for child in children.values():
            child.start()
        _wait_until_up(children, settings, told)
        watcher.start()
        films = None if once else _make_films(settings.DATA_DIR / "log")
        from mioboe.demo.story import play

        went_well = not told.is_set() and play(settings.MIOBOE_BASE_URL, settings.DATA_DIR / "story", told)
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
        os.close(lock)


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


def _only_copy(data_dir: Path, address: str) -> int:
    try:
        handle = os.open(data_dir / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartError(f"the data folder {data_dir} cannot be written to ({error.strerror})") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        running = os.pread(handle, 200, 0).decode() or address
        os.close(handle)
        raise StartError(f"a demo is running in this folder already: {running}") from error
    os.truncate(handle, 0)
    os.pwrite(handle, address.encode(), 0)
    return handle


def _must_be_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StartError(f"port {port} is busy: end what uses it, or set MIOBOE_{name} to another") from error


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
        while not (_answers(ports[name]) if name in ports else _works(child)):
            if told.is_set():
                return
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
        "  Ctrl-C ends everything."
    )
