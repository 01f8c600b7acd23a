"""A demo stack of a test's own: free ports, a data folder, no database but its embedded one."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
AXE = REPOSITORY / "node_modules/axe-core/axe.min.js"
STORY_LIMIT_S = 240
END_LIMIT_S = 20
PORTS = ("MIOBOE_WEB_PORT", "MIOBOE_LIVE_PORT", "MIOBOE_SMTP_PORT")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _surroundings(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    # Films are drawn once and kept: no test of ours watches them.
    ours = {"MIOBOE_DATA_DIR": str(folder), "MIOBOE_FILMS_DIR": str(REPOSITORY / "var/test-films")}
    return kept | {name: str(_free_port()) for name in PORTS} | ours


def _command(way: str) -> list[str]:
    return [sys.executable, "-m", "mioboe", "demo", way]


def play_story(folder: Path) -> subprocess.CompletedProcess[str]:
    """Plays the story once; its pictures and figures are in `folder / "story"` afterwards."""
    return subprocess.run(
        _command("--once"),
        env=_surroundings(folder) | {"MIOBOE_STORY_AXE": str(AXE)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=STORY_LIMIT_S,
        check=False,
    )


def play_approval(folder: Path, base: str) -> subprocess.CompletedProcess[str]:
    """Plays the shorter story against the demo that is up in `folder` at `base`; its pictures are in `folder / "approval"` afterwards."""
    surroundings = os.environ | {"MIOBOE_DATA_DIR": str(folder), "MIOBOE_BASE_URL": base, "MIOBOE_STORY_AXE": str(AXE)}
    return subprocess.run(
        [sys.executable, "-m", "mioboe", "story", "--approval", "--pictures", str(folder / "approval")],
        env=surroundings,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=STORY_LIMIT_S,
        check=False,
    )


@contextmanager
def demo_up(folder: Path) -> Iterator[str]:
    """The demo, up and untouched, as long as the block lasts; gives its address."""
    surroundings = _surroundings(folder)
    demo = subprocess.Popen(_command("--quiet"), env=surroundings, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout is not None
        # It says so once everything answers; a demo that cannot start ends, and its output with it.
        assert any("The demo is up" in line for line in demo.stdout), "the demo did not start"
        yield f"http://localhost:{surroundings['MIOBOE_WEB_PORT']}"
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(END_LIMIT_S)
