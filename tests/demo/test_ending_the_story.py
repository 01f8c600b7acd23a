"""Ctrl-C in the middle of the story ends it there."""

import sys
import threading
from pathlib import Path

import pytest

from mioboe.demo.stack import _play


@pytest.mark.parametrize(("ends_with", "went_well"), [("0", True), ("1", False)])
def test_the_storys_own_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends_with: str, went_well: bool):
    stand_in(tmp_path, monkeypatch, f"exit {ends_with}")
    assert _play(tmp_path, threading.Event()) is went_well


def test_a_story_that_would_go_on_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stand_in(tmp_path, monkeypatch, "while :; do read line < fifo; done")
    told = threading.Event()
    told.set()
    assert _play(tmp_path, told) is False


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """In the place of Python and its story."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\ncd {folder}; mkfifo fifo\n{text}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
