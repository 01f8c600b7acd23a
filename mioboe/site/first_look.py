"""Reading the settings changes nothing. What they ask for, keys and a database, is made once the last of them is read and
right; between the two, whoever starts may look whether it may begin."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Asked:
    """What the settings ask for, before any of it is there."""

    data_dir: Path
    base_url: str
    ports: dict[str, int]  # by the setting's name
    database: dict[str, Any] | None  # as in Django's DATABASES; None: the embedded one


_looks: list[Callable[[Asked], None]] = []


def look_first(look: Callable[[Asked], None]) -> None:
    """`look` is called between reading and making; it raises StartError where there is nothing to begin."""
    _looks.append(look)


def look_all(asked: Asked) -> None:
    for look in _looks:
        look(asked)
