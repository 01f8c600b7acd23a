"""The whole story in real browsers, against a stack of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LIMIT_S = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    folder = tmp_path_factory.mktemp("night")
    names = ("MIOBOE_WEB_PORT", "MIOBOE_LIVE_PORT", "MIOBOE_SMTP_PORT")
    ours = {name: str(free_port()) for name in names} | {"MIOBOE_DATA_DIR": str(folder)}
    axe = REPOSITORY / "node_modules/axe-core/axe.min.js"
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "mioboe", "demo", "--once"],
        env=kept | ours | {"MIOBOE_STORY_AXE": str(axe)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return done, folder / "story"


def test_the_night_is_played_to_its_end(night):
    done, pictures = night
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(pictures.glob("*.png"))) == 15


def test_three_presses_from_the_mail_to_the_ring(night):
    assert json.loads((night[1] / "figures.json").read_text())["presses"] == 3


def test_no_page_of_the_story_has_a_serious_fault_for_anybody(night):
    found = json.loads((night[1] / "axe.json").read_text())
    assert len(found) == 15
    assert {page: faults for page, faults in found.items() if faults} == {}
