"""Fails where a word that people see has no Japanese, or where a catalogue is not up to date with the code."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

REPOSITORY = Path(__file__).resolve().parents[1]


def missing(room: Path) -> list[str]:
    """The words of a room without a Japanese translation, as a fresh extraction finds them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / room.name
        shutil.copytree(room, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        (copy / "locale").mkdir(exist_ok=True)
        subprocess.run(
            [Path(sys.executable).parent / "django-admin", "makemessages", "-l", "ja", "--no-obsolete"],
            cwd=copy,
            check=True,
            capture_output=True,
        )
        catalogue = copy / "locale/ja/LC_MESSAGES/django.po"
        if not catalogue.exists():
            return []
        with catalogue.open("rb") as po:
            return [str(entry.id) for entry in read_po(po) if entry.id and (entry.fuzzy or not any(entry.string))]


def main() -> int:
    faults = 0
    for room in sorted((REPOSITORY / "mioboe").iterdir()):
        if room.is_dir() and room.name != "__pycache__":
            for words in missing(room):
                print(f"{room.name}: no Japanese for {words!r}", file=sys.stderr)
                faults += 1
    return 1 if faults else 0


sys.exit(main())
