"""Attackers who know the password and more and more about their victim. They are made from what the rows have shown so far, so
that the same attackers meet the generators' rows and the public data set's:

naive          an address of the attackers' own pool, a popular browser string
vpn            an address in the victim's country, a popular browser string
targeted       an address in the victim's region, a string with the victim's browser, system and type of device
very targeted  a new or shared address at the victim's own network operator, and the victim's very string
"""

import random
from collections import defaultdict
from collections.abc import Hashable

from bench.recognition.rows import Row, family

NAMES = ("naive", "vpn", "targeted", "very targeted")
POOL = 4000  # rows remembered for each country, region, operator, kind of device


class Pool:
    """The last few thousand rows of something."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.next = 0

    def put(self, row: Row) -> None:
        if len(self.rows) < POOL:
            self.rows.append(row)
        else:
            self.rows[self.next] = row
            self.next = (self.next + 1) % POOL

    def draw(self, rng: random.Random, but: int) -> Row | None:
        """A row of anybody else's."""
        for _ in range(20):
            if self.rows and (row := rng.choice(self.rows)).user != but:
                return row
        return None


class Attackers:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"attackers {seed}")
        self.pools: dict[Hashable, Pool] = defaultdict(Pool)

    def notice(self, row: Row) -> None:
        """What an attacker could know by now."""
        if row.is_attack_ip:
            self.pools["attack"].put(row)
        elif row.succeeded and not row.is_takeover:
            for key in ("all", row.country, (row.country, row.region), row.asn, _kind(row)):
                self.pools[key].put(row)

    def against(self, last: Row, name: str, at: float) -> Row | None:
        """An attempt at this time on the account whose newest sign-in is `last`; None where nothing fitting was seen yet."""
        if name == "naive":
            network, device = self._draw("attack", last), self._draw("all", last)
        elif name == "vpn":
            network, device = self._draw(last.country, last), self._draw("all", last)
        elif name == "targeted":
            network, device = self._draw((last.country, last.region), last), self._draw(_kind(last), last)
        else:
            network, device = self._draw(last.asn, last), last
        if network is None or device is None:
            return None
        return network._replace(
            user=last.user, at=at, user_agent=device.user_agent, browser=device.browser, system=device.system, type=device.type
        )  # fmt: skip

    def _draw(self, key: Hashable, last: Row) -> Row | None:
        return self.pools[key].draw(self.rng, last.user)


def _kind(row: Row) -> tuple[str, str, str]:
    return family(row.browser), family(row.system), row.type
