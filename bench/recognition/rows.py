"""One sign-in attempt with the columns of the public data set (Wiefling et al., "Pump Up Password Security!", ACM TOPS
2022), what was published about its distributions, and how near some rows come to that."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

# Share of attempts, per cent.
PUBLISHED_TYPES = {"mobile": 64.5, "desktop": 26.2, "bot": 4.5, "tablet": 3.0, "unknown": 1.9}
PUBLISHED_COUNTRIES = {"NO": 45.2, "US": 25.7, "BR": 4.0, "RU": 3.4, "PL": 3.2, "DE": 2.7}
PUBLISHED_TOP_ASNS = [27.9, 21.4, 4.7, 4.5]
PUBLISHED_SUCCEEDED, PUBLISHED_ATTACK_ADDRESSES = 42.6, 9.4
# 31.27 million attempts with 141 takeovers, 13.3 million successes of 3.3 million accounts.
PUBLISHED_SUCCESSES_EACH = 4.0
PUBLISHED_TAKEOVERS_A_MILLION, PUBLISHED_TAKEOVERS_FROM_RO = 4.5, 56.0


class Row(NamedTuple):
    at: float  # seconds since the first day
    user: int
    round_trip_ms: int | None
    ip: str
    country: str
    region: str
    city: str
    asn: int
    user_agent: str
    browser: str  # name and version, as the data set has them: "Chrome Mobile 81.0.4044"
    system: str  # name and version: "Android 10"
    type: str
    succeeded: bool
    is_attack_ip: bool
    is_takeover: bool


def family(name_and_version: str) -> str:
    """ "Chrome Mobile 81.0.4044" → "Chrome Mobile"."""
    words = name_and_version.split()
    while len(words) > 1 and words[-1][0].isdigit():
        words.pop()
    return " ".join(words)


def distributions(rows: Iterable[Row]) -> dict[str, tuple[float, float]]:
    """Each published figure's name → (published, these rows)."""
    types: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    asns: Counter[int] = Counter()
    users: set[int] = set()
    total = succeeded = attack = 0
    for row in rows:
        total += 1
        types[row.type] += 1
        countries[row.country] += 1
        asns[row.asn] += 1
        attack += row.is_attack_ip
        if row.succeeded:
            succeeded += 1
            users.add(row.user)

    def share(count: int) -> float:
        return 100 * count / max(total, 1)

    found = {f"type {name}": (published, share(types[name])) for name, published in PUBLISHED_TYPES.items()}
    found |= {f"country {name}": (published, share(countries[name])) for name, published in PUBLISHED_COUNTRIES.items()}
    tops = [count for _, count in asns.most_common(len(PUBLISHED_TOP_ASNS))]
    for rank, published in enumerate(PUBLISHED_TOP_ASNS):
        found[f"ASN no. {rank + 1}"] = (published, share(tops[rank]) if rank < len(tops) else 0.0)
    found["succeeded"] = (PUBLISHED_SUCCEEDED, share(succeeded))
    found["attack addresses"] = (PUBLISHED_ATTACK_ADDRESSES, share(attack))
    found["successes an account"] = (PUBLISHED_SUCCESSES_EACH, succeeded / max(len(users), 1))
    return found
