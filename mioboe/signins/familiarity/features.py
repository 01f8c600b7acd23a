"""What a sign-in shows of itself, as keys; None where nothing is known. What is unknown is never matched nor learned."""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

from mioboe.signins.familiarity.keys import Kind, digested, numbered

# An IPv6 line is given a whole /64.
LINE_PREFIX_V6 = 64
# "Chrome/126.0.0.0" is Chrome; "Android 10", "iPhone OS 17_5" and a model's name stay as they are.
_PRODUCT_VERSION = re.compile(r"/[\w.+-]*")


class Features(NamedTuple):
    address: int | None = None
    asn: int | None = None
    country: int | None = None
    string: int | None = None
    versionless: int | None = None
    browser: int | None = None
    system: int | None = None
    type: int | None = None


def features_of(
    ip: str | None, country: str, asn: int | None, user_agent: str, browser: str, system: str, kind: str
) -> Features:
    """`country` is ISO 3166-1 alpha-2 or "", `asn` the network operator's number or None, `browser` and `system` families as
    a kept library reads them ("Chrome", "Windows"), `kind` the type of device ("mobile"). Never raises: what cannot be read is
    unknown. Addresses that are nobody's own (private, loopback) say nothing."""
    code = country.encode("ascii", "ignore")[:2]
    network = (
        _address(ip),
        numbered(Kind.ASN, asn) if asn and 0 < asn < 1 << 32 else None,
        numbered(Kind.COUNTRY, int.from_bytes(code)) if len(code) == 2 else None,
    )
    if not user_agent:
        return Features(*network)
    return Features(*network, *_device(user_agent, browser, system, kind))


@lru_cache(maxsize=4096)
def _device(user_agent: str, browser: str, system: str, kind: str) -> tuple[int | None, ...]:
    return (
        digested(Kind.STRING, user_agent),
        digested(Kind.VERSIONLESS, _PRODUCT_VERSION.sub("", user_agent)),
        digested(Kind.BROWSER, f"{browser}|{system}|{kind}") if browser else None,
        digested(Kind.SYSTEM, f"{system}|{kind}") if system else None,
        digested(Kind.TYPE, kind) if kind else None,
    )


@lru_cache(maxsize=16384)
def _address(ip: str | None) -> int | None:
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if not address.is_global:
        return None
    if address.version == 6:
        return digested(Kind.ADDRESS, str(int(address) >> (128 - LINE_PREFIX_V6)))
    return numbered(Kind.ADDRESS, int(address))
