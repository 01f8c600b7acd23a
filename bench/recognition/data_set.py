"""Reads the public data set ("Login Data Set for Risk-Based Authentication", Wiefling et al. 2022): a CSV of 31 million attempts.
Whoever has the file names its path; it is never fetched, and nothing of it is kept here."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bench.recognition.rows import Row

COLUMNS = (
    "Login Timestamp",
    "User ID",
    "Round-Trip Time [ms]",
    "IP Address",
    "Country",
    "Region",
    "City",
    "ASN",
    "User Agent String",
    "Browser Name and Version",
    "OS Name and Version",
    "Device Type",
    "Login Successful",
    "Is Attack IP",
    "Is Account Takeover",
)


class WrongFile(Exception):
    """The file is not in the data set's format; the message says what is missing or where."""


def rows(path: Path, most: int | None = None) -> Iterator[Row]:
    """The attempts of the first `most` lines, in order of time (the file is nearly, not wholly, in order)."""
    found = list(islice(_read(path), most))
    found.sort(key=lambda row: row.at)
    return iter(found)


def _read(path: Path) -> Iterator[Row]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            raise WrongFile(f"{path} lacks the columns {', '.join(missing)}")
        for line in reader:
            try:
                yield _row(line)
            except (TypeError, ValueError) as error:
                raise WrongFile(f"{path}, line {reader.line_num}: {error}") from error


def _row(line: dict[str, str]) -> Row:
    moment = datetime.fromisoformat(line["Login Timestamp"]).replace(tzinfo=UTC)
    round_trip = line["Round-Trip Time [ms]"]
    return Row(
        moment.timestamp(),
        int(line["User ID"]),
        int(float(round_trip)) if round_trip else None,
        line["IP Address"],
        _known(line["Country"]),
        _known(line["Region"]),
        _known(line["City"]),
        int(float(line["ASN"] or 0)),
        line["User Agent String"],
        line["Browser Name and Version"],
        line["OS Name and Version"],
        line["Device Type"] or "unknown",
        _truth(line["Login Successful"]),
        _truth(line["Is Attack IP"]),
        _truth(line["Is Account Takeover"]),
    )


def _known(text: str) -> str:
    return "" if text == "-" else text


def _truth(text: str) -> bool:
    if text not in ("True", "False"):
        raise ValueError(f"{text!r} is neither True nor False")
    return text == "True"
