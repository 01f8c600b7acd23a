"""kill -9 in the middle of a job: the next worker begins it again."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.mail import send_mail
from django.db import connection

from mioboe.mails.models import Mail, MailState

REPOSITORY = Path(__file__).resolve().parents[2]
LIMIT_S = 60


class MailServer:
    """As little SMTP as Python's client needs; while `holds`, it lets everybody wait at the door."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.holds = True
        self.somebody_waits = threading.Event()
        self.taken: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.listening.accept()
            except OSError:
                return
            if self.holds:
                self.somebody_waits.set()
                self.kept = peer  # open, and without a word
            else:
                self._talk(peer)

    def _talk(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rwb") as lines:

            def say(text: bytes) -> None:
                lines.write(text + b"\r\n")
                lines.flush()

            say(b"220 ready")
            for line in lines:
                if line.upper().startswith(b"DATA"):
                    say(b"354 go on")
                    self.taken.append(b"".join(iter(lines.readline, b".\r\n")))
                say(b"221 bye" if line.upper().startswith(b"QUIT") else b"250 ok")

    def close(self) -> None:
        self.listening.close()


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def start_worker() -> Iterator[Callable[[int], subprocess.Popen[bytes]]]:
    begun: list[subprocess.Popen[bytes]] = []
    address, _, _ = os.environ["DATABASE_URL"].rpartition("/")

    def start(smtp_port: int) -> subprocess.Popen[bytes]:
        ours = {
            "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
            "MIOBOE_SMTP_PORT": str(smtp_port),
        }
        begun.append(
            subprocess.Popen([sys.executable, "-m", "mioboe", "worker"], env=os.environ | ours, cwd=REPOSITORY)
        )
        return begun[-1]

    yield start
    for worker in begun:
        worker.kill()
        worker.wait()


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_a_killed_worker_is_sent_by_the_next_and_once(start_worker):
    server = MailServer()
    send_mail("night", "stars", None, ["hana@customer.example"])
    first = start_worker(server.port)
    assert server.somebody_waits.wait(LIMIT_S), "the first worker never tried"
    first.send_signal(signal.SIGKILL)
    first.wait()
    server.holds = False
    with connection.cursor() as cursor:  # a quarter of a minute later
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '16 s'")
    start_worker(server.port)
    until(lambda: Mail.objects.filter(state=MailState.SENT).exists(), "nobody began the mail again")
    assert len(server.taken) == 1
    server.close()
