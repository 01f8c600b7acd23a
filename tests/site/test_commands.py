"""What `python -m mioboe …` does where somebody only asks what it would do."""

import os
import subprocess
import sys

import pytest

from mioboe.site.cli import COMMANDS


def run(folder, *words: str) -> subprocess.CompletedProcess[str]:
    surroundings = os.environ | {"MIOBOE_DATA_DIR": str(folder / "data")}
    return subprocess.run(
        [sys.executable, "-m", "mioboe", *words],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["demo", "story", "web", "live", "worker", "mailbox", "words"])
def test_who_asks_for_help_is_told_and_nothing_is_started_or_made(tmp_path, command):
    done = run(tmp_path, command, "--help")
    assert done.returncode == 0 and done.stdout.startswith(f"usage: python -m mioboe {command}"), done.stderr
    assert not (tmp_path / "data").exists()


def test_a_slip_starts_nothing(tmp_path):
    done = run(tmp_path, "demo", "--onec")
    assert done.returncode == 2 and "--onec" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("word", ["", "help", "--help"])
def test_help_names_every_command(tmp_path, word):
    done = run(tmp_path, *filter(None, [word]))
    assert done.returncode == 0 and all(f"  {command}" in done.stdout for command in COMMANDS)
