"""The demo's start and end: what hinders it is said in one line with nothing half done, and it leaves nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.stack import LIMIT_S, PORTS, Demo, kill_rest, ours, wait_for

BROWSERS = ("chromium", "chromium-browser")


def without_browser(folder: Path) -> str:
    """A PATH with everything of this machine's but a browser."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if program.name not in BROWSERS:
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return without_browser(tmp_path_factory.mktemp("machine") / "bin")


@pytest.fixture
def fresh(tmp_path: Path, path: str) -> Iterator[Demo]:
    """A demo that was never started, and must not be."""
    demo = Demo(tmp_path / "data", path)
    yield demo
    assert not demo.folder.exists(), "a folder was made"
    assert not ours(demo.folder)


WRONG = [
    ("MIOBOE_WEB_PORT", "http", "integer"),
    ("MIOBOE_LIVE_PORT", "70000", "from 1 to 65535"),
    ("MIOBOE_BASE_URL", "https://", "name a host"),
    ("MIOBOE_DEBUG", "perhaps", "boolean"),
    ("MIOBOE_OUTSIDE_LIMIT_S", "soon", "number"),
    ("MIOBOE_CARRIERS", "browser,pigeon", "browser"),
    ("MIOBOE_CALL_REGIONS", "JP,Atlantis", "Atlantis"),
    ("MIOBOE_TRUSTED_PROXIES", "10.0.0.0/8,nobody", "nobody"),
    ("MIOBOE_TIME_ZONE", "Mars/Base", "Asia/Tokyo"),
    ("MIOBOE_LOG_LEVEL", "loud", "DEBUG"),
    ("DATABASE_URL", "nonsense", "postgres://"),
]


def test_a_wrong_setting_is_named_with_what_it_may_be(fresh: Demo) -> None:
    for (setting, value, said), line in zip(
        WRONG, fresh.refusals([{name: wrong} for name, wrong, _ in WRONG]), strict=True
    ):
        assert setting in line and said in line, f"{setting}={value}"


def test_a_database_that_cannot_be_reached(fresh: Demo) -> None:
    with socket.socket() as nobody:  # bound, so that nobody else takes the port, but nobody listens
        nobody.bind(("127.0.0.1", 0))
        line = fresh.refusal(DATABASE_URL=f"postgres://me:a-secret@127.0.0.1:{nobody.getsockname()[1]}/shop")
    assert "DATABASE_URL cannot be reached" in line and "a-secret" not in line


def test_a_busy_port(fresh: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for name, line in zip(PORTS, fresh.refusals([{name: port} for name in PORTS]), strict=True):
            assert f"port {port} is busy" in line and name in line


def test_one_port_for_two_servers(fresh: Demo) -> None:
    line = fresh.refusal(MIOBOE_LIVE_PORT=fresh.environment["MIOBOE_WEB_PORT"])
    assert "MIOBOE_WEB_PORT and MIOBOE_LIVE_PORT" in line


def test_a_folder_that_cannot_be_made(fresh: Demo) -> None:
    (fresh.folder.parent / "file").touch()  # root may write wherever there are mode bits; here nobody can
    line = fresh.refusal(MIOBOE_DATA_DIR=str(fresh.folder.parent / "file" / "data"))
    assert "cannot be written to" in line


@pytest.mark.parametrize("kept", ["keys", "postgres"])
def test_a_folder_in_which_something_stands_in_the_way(tmp_path: Path, path: str, kept: str) -> None:
    demo = Demo(tmp_path / "data", path)
    demo.folder.mkdir()
    (demo.folder / kept).touch()
    assert str(demo.folder) in demo.refusal()
    assert not ours(demo.folder)


def test_it_comes_up_without_a_browser_ends_on_every_sign_and_starts_again(tmp_path: Path, path: str) -> None:
    demo = Demo(tmp_path / "data", path)
    try:
        demo.start()
        assert "apt-get install chromium" in demo.said()
        assert "is running in this folder already: http://localhost" in demo.refusal()
        elsewhere = tmp_path / "elsewhere"
        assert "is busy" in demo.refusal(MIOBOE_DATA_DIR=str(elsewhere))
        assert not elsewhere.exists()

        for sign in (signal.SIGINT, signal.SIGKILL):
            demo.end(sign)
            assert ours(demo.folder) == {}, f"left after {sign.name}"
            demo.start()
        assert demo.end(signal.SIGTERM) == 0
        assert ours(demo.folder) == {}
    finally:
        kill_rest(demo.folder)


def test_ctrl_c_in_the_middle_of_its_first_start(tmp_path: Path, path: str) -> None:
    demo = Demo(tmp_path / "data", path)
    process = subprocess.Popen(
        demo.command(),
        cwd=Path.cwd(),
        env=demo.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
    )
    try:
        wait_for(lambda: (demo.folder / "postgres" / "password").exists() or process.poll() is not None)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to everybody at once
        said, _ = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0, said
        assert ours(demo.folder) == {}
    finally:
        kill_rest(demo.folder)


def test_the_tests_machine_has_a_browser_for_the_story() -> None:
    """Otherwise the tests above would pass for the wrong reason."""
    assert any(shutil.which(name) for name in BROWSERS)
