"""Whose network an address belongs to: the autonomous system's number (ASN) and its operator's name. Data: routing tables as
@ip-location-db/asn publishes them (CC BY 4.0), turned at set-up from CSV into one small file that is read by bisection, as a
database for it would be ten times as big and need another package. The operator may name an mmdb instead."""

import csv
import ipaddress
import json
import mmap
import struct
import sys
from array import array
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import Protocol

import maxminddb
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

MAGIC = b"mioboe-asn-1\n"
# Networks of Japanese mobile carriers: their addresses say nothing about the prefecture, as one prefix spans hundreds of
# kilometres. KDDI and SoftBank announce their home lines from the same number; blank is better than wrong.
MOBILE_CARRIERS = {
    9605,  # NTT DOCOMO
    2516,  # KDDI (au)
    17676,  # SoftBank
    138384,  # Rakuten Mobile
}


class Networks(Protocol):
    def asn(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int | None: ...
    def name(self, asn: int) -> str: ...


class CompactFile:
    """Sorted ranges in one mapped file: IPv4 by address, IPv6 by its upper 64 bits."""

    def __init__(self, path: Path) -> None:
        """Raises OSError or ValueError where the file is missing or none of ours."""
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if data[: len(MAGIC)] != MAGIC or sys.byteorder != "little":
            raise ValueError("not a file that `script/setup` made")
        size, four, six = struct.unpack_from("<QQQ", data, len(MAGIC) + 3)
        rounded = [(part * width + 7) & ~7 for part, width in ((four, 4),) * 3 + ((six, 8), (six, 8), (six, 4))]
        if 64 + sum(rounded) + size != len(data):
            raise ValueError("the file was cut off, or is damaged")
        view, at = memoryview(data), 64

        def take(kind: str, count: int, width: int) -> memoryview:
            nonlocal at
            part = view[at : at + count * width].cast(kind)  # type: ignore[call-overload]
            at += (count * width + 7) & ~7
            return part

        self._v4 = take("I", four, 4), take("I", four, 4), take("I", four, 4)
        self._v6 = take("Q", six, 8), take("Q", six, 8), take("I", six, 4)
        self._names = view[at : at + size]

    def asn(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int | None:
        starts, ends, numbers = self._v4 if address.version == 4 else self._v6
        value = int(address) if address.version == 4 else int(address) >> 64
        found = bisect_right(starts, value) - 1
        return numbers[found] if found >= 0 and value <= ends[found] else None

    def name(self, asn: int) -> str:
        return self._all_names().get(str(asn), "")

    @cache  # noqa: B019  one file a process
    def _all_names(self) -> dict[str, str]:
        return json.loads(bytes(self._names))


class MmdbFile:
    """GeoLite2-ASN and its like."""

    def __init__(self, path: Path) -> None:
        self._data = maxminddb.open_database(path)

    def asn(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int | None:
        found = self._data.get(address)
        number = found.get("autonomous_system_number") if isinstance(found, dict) else None
        return number if isinstance(number, int) else None

    def name(self, asn: int) -> str:
        return ""


@cache
def _networks() -> Networks | None:
    path = Path(settings.MIOBOE_ASN_DATA)
    try:
        return MmdbFile(path) if path.suffix == ".mmdb" else CompactFile(path)
    except (OSError, ValueError, struct.error, maxminddb.InvalidDatabaseError) as error:
        log.warning("asn_data_missing", setting="MIOBOE_ASN_DATA", problem=str(error))
        return None


def asn_of(ip: str) -> int | None:
    """None where nothing is known or the data are missing or broken."""
    networks = _networks()
    try:
        address = ipaddress.ip_address(ip)
        return networks.asn(address) if networks and address.is_global else None
    except (ValueError, maxminddb.InvalidDatabaseError):
        return None


def network_name(asn: int | None) -> str:
    """The operator's name as the routing registries have it; "" where not known."""
    networks = _networks()
    if asn is None or networks is None:
        return ""
    try:
        return networks.name(asn)
    except ValueError:
        return ""


def build(folder: Path, into: Path) -> int:
    """Turns the package's CSV files into `into`; answers how many ranges. Safe to run again."""
    names: dict[str, str] = {}
    four, six = _ranges(folder / "asn-ipv4-num.csv", 0, names), _ranges(folder / "asn-ipv6-num.csv", 64, names)
    words = json.dumps(names, ensure_ascii=False).encode()
    draft = into.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(MAGIC.ljust(len(MAGIC) + 3) + struct.pack("<QQQ", len(words), len(four[0]), len(six[0])))
        file.write(b"\0" * (64 - file.tell()))
        for part in (*four, *six):
            file.write(part.tobytes().ljust(len(part) * part.itemsize + 7 & ~7, b"\0"))
        file.write(words)
    draft.replace(into)
    return len(four[0]) + len(six[0])


def _ranges(path: Path, shift: int, names: dict[str, str]) -> tuple[array, array, array]:
    """Starts, ends and numbers; neighbours of one operator become one range."""
    wide = "Q" if shift else "I"
    starts, ends, numbers = array(wide), array(wide), array("I")
    with path.open(encoding="utf-8", newline="") as file:
        for start, end, asn, name in csv.reader(file):
            first, last, number = int(start) >> shift, int(end) >> shift, int(asn)
            names[asn] = name
            if numbers and numbers[-1] == number and ends[-1] + 1 >= first:
                ends[-1] = max(ends[-1], last)
            elif not starts or first > ends[-1]:
                starts.append(first)
                ends.append(last)
                numbers.append(number)
    return starts, ends, numbers
