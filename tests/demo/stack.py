"""A demo as a process of its own, and whatever it leaves behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# A start of four processes on a busy machine; nobody waits as long where it works.
LIMIT_S = 300
PORTS = ("MIOBOE_WEB_PORT", "MIOBOE_LIVE_PORT", "MIOBOE_SMTP_PORT")


def free_ports(count: int) -> list[str]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [str(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for(what: Callable[[], object], or_say: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not what():
        assert time.monotonic() < deadline, or_say()
        time.sleep(0.02)


def ours(folder: Path) -> dict[int, str]:
    """The processes, by id, that work for this data folder: they were told of it, or hold a file of it in their command."""
    found = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes()
            told = f"MIOBOE_DATA_DIR={folder}\0".encode() in (process / "environ").read_bytes()
        except OSError:
            continue  # it has ended
        if command and (told or os.fsencode(folder) in command):
            found[int(process.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def kill_rest(folder: Path) -> None:
    """After a failure: nothing of ours may stay on the machine."""
    while left := ours(folder):
        for process in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


class Demo:
    """Where a demo runs: its folder, its ports, and a machine without a browser, so that there is no story."""

    def __init__(self, folder: Path, path: str) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MIOBOE_")}
        kept.pop("DATABASE_URL", None)
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.environment = kept | ports | {"MIOBOE_DATA_DIR": str(folder), "PATH": path}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.out = self.folder.parent / "said"
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                self.command(), cwd=REPOSITORY, env=self.environment, stdout=out, stderr=out, process_group=0
            )
        process = self.process
        wait_for(lambda: "The demo is up" in self.said() or process.poll() is not None, self.said)
        assert process.poll() is None, self.said()

    @staticmethod
    def command() -> list[str]:
        return [sys.executable, "-m", "mioboe", "demo"]

    def said(self) -> str:
        return self.out.read_text(errors="replace")

    def end(self, sign: signal.Signals) -> int:
        """Sends the signal and waits for the end; after a hard kill until the others have noticed. Answers the status."""
        assert self.process is not None
        self.process.send_signal(sign)
        status = self.process.wait(LIMIT_S)
        if sign == signal.SIGKILL:
            wait_for(lambda: not ours(self.folder), lambda: f"still there: {ours(self.folder)}")
        return status

    def refusal(self, **changes: str) -> str:
        """What a start says that must not go well: one line, status 2."""
        return self.refusals([changes])[0]

    def refusals(self, each: list[dict[str, str]]) -> list[str]:
        """The same for several, which are tried at once."""
        tries = [
            subprocess.Popen(
                self.command(),
                cwd=REPOSITORY,
                env=self.environment | changes,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for changes in each
        ]
        lines = []
        for one in tries:
            said, _ = one.communicate(timeout=LIMIT_S)
            assert (one.returncode, said.count("\n")) == (2, 1), said
            lines.append(said.strip())
        return lines
