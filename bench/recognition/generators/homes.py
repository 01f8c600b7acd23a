"""Generator "homes": a mechanism. People own devices that grow old and are updated, live behind a line whose provider
renews addresses at its own pace, carry a phone on a carrier's shared addresses, work in offices, and travel.

Written and committed before the score, tuned to the published distributions only, and not touched afterwards.
"""

import bisect
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from bench.recognition.rows import Row

DAY = 86400.0
DAYS = 365
# Honest people's countries: the published shares of attempts, less what attackers add.
HOME = {"NO": 49.0, "US": 26.0, "BR": 3.5, "RU": 2.6, "PL": 3.1, "DE": 2.6, "SE": 2.2, "GB": 1.9, "ES": 1.2, "DK": 1.2}
HOME |= dict.fromkeys(
    [
        "FR",
        "IT",
        "NL",
        "FI",
        "IN",
        "ID",
        "PH",
        "TH",
        "VN",
        "TR",
        "UA",
        "RO",
        "CZ",
        "PT",
        "GR",
        "HU",
        "CA",
        "MX",
        "AR",
        "AU",
        "NZ",
        "ZA",
        "JP",
        "KR",
    ],
    0.28,
)
ATTACKERS = {
    "US": 24,
    "RU": 12,
    "BR": 9,
    "RO": 4,
    "CN": 8,
    "IN": 7,
    "ID": 6,
    "VN": 5,
    "DE": 4,
    "PL": 4,
    "UA": 5,
    "NO": 6,
}
# Share of a country's people at its providers; the tail is Zipf over small ones.
BIG_PROVIDERS = {"NO": [0.68, 0.1, 0.09], "US": [0.92], "BR": [0.3, 0.2], "RU": [0.3, 0.2]}
SMALL_PROVIDERS = {"NO": 40, "US": 250}
WRONG_PASSWORDS = 1.127  # an honest success's failed attempts before it, on average
ATTACK_SHARE = 0.094


class Pick:
    """Draws from weighted choices."""

    def __init__(self, weighted: dict) -> None:
        self.names = list(weighted)
        self.sums = list(accumulate(weighted.values()))

    def __call__(self, rng: random.Random):
        return self.names[bisect.bisect(self.sums, rng.random() * self.sums[-1])]


@dataclass
class Provider:
    asn: int
    country: str
    renews_after_days: float  # a home line's mean time until a new address
    block: int
    given: int = 0

    def address(self, number: int) -> str:
        value = (self.block << 16) + number % 65536 + (number // 65536 << 40)
        return f"{value >> 24 & 255}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}" + (
            "" if number < 65536 else f".{number // 65536}"
        )

    def new_line(self) -> int:
        self.given += 1
        return 4096 + self.given


@dataclass
class Device:
    type: str
    family: str
    system: str
    model: str
    lag_days: float
    born: float
    os_version: int


@dataclass
class Somebody:
    number: int
    country: str
    region: int
    line: Provider
    carrier: Provider
    office: tuple[Provider, int] | None
    devices: list[Device]
    travels: float
    line_number: int = 0
    line_until: float = 0.0
    held: dict[int, tuple[int, float]] = field(default_factory=dict)


MODELS = Pick({f"SM-{letter}{number}": 1 / (1 + rank) for rank, (letter, number) in enumerate(
    (letter, number) for number in range(100, 1000, 60) for letter in "GAJN")})  # fmt: skip
KINDS = Pick({"iphone": 36, "android": 34.5, "windows": 21, "mac": 5.8, "ipad": 3.0, "tablet": 1.3, "linux": 0.7})


def _new_device(rng: random.Random, kind: str, day: float) -> Device:
    if kind == "iphone":
        return Device("mobile", Pick({"Mobile Safari": 9, "Chrome Mobile iOS": 1, "Facebook": 0.6})(rng), "iOS", "iPhone", rng.expovariate(1 / 12), day, rng.choice([12, 13, 13, 14]))  # fmt: skip
    if kind == "android":
        return Device("mobile", Pick({"Chrome Mobile": 7, "Samsung Internet": 2, "Firefox Mobile": 0.4})(rng), "Android", MODELS(rng), rng.expovariate(1 / 15), day, rng.choice([8, 9, 10, 10]))  # fmt: skip
    if kind == "windows":
        return Device("desktop", Pick({"Chrome": 6.5, "Edge": 2, "Firefox": 1.2, "IE": 0.3})(rng), "Windows", "", rng.expovariate(1 / 10), day, 10 if rng.random() < 0.9 else 7)  # fmt: skip
    if kind == "mac":
        return Device("desktop", Pick({"Safari": 5, "Chrome": 4, "Firefox": 0.7})(rng), "Mac OS X", "", rng.expovariate(1 / 10), day, rng.choice([13, 14, 15]))  # fmt: skip
    if kind == "ipad":
        return Device("tablet", "Mobile Safari", "iOS", "iPad", rng.expovariate(1 / 20), day, rng.choice([12, 13, 14]))
    if kind == "tablet":
        return Device("tablet", "Chrome", "Android", MODELS(rng), rng.expovariate(1 / 20), day, rng.choice([8, 9]))
    return Device("desktop", Pick({"Firefox": 5, "Chrome": 5})(rng), "Linux", "", rng.expovariate(1 / 8), day, 5)


def _strings(device: Device, day: float) -> tuple[str, str, str]:
    """Browser string, browser and system on this day: a release every four weeks, taken with this device's own lag."""
    release = max(0, math.floor((day - device.lag_days) / 28))
    yearly = math.floor(max(0.0, day - device.lag_days + device.born % 90) / 300)
    system = f"{device.system} {device.os_version + (yearly if device.system in ('iOS', 'Android') else 0)}"
    if "Safari" in device.family or device.family == "IE":
        browser = f"{device.family} {13 + yearly}.{release % 4}" if device.family != "IE" else "IE 11"
    else:
        browser = f"{device.family} {80 + release}.0.{4000 + 37 * release}"
    return f"Mozilla/5.0 ({device.model or device.system}; {system}) {browser}", browser, system


class Homes:
    def __init__(self, users: int, seed: int) -> None:
        self.rng = random.Random(f"homes {seed}")
        self.blocks = 0
        self.asns = 2000
        self.lines = {name: self._providers(name, self.rng) for name in {**HOME, **ATTACKERS}}
        self.carriers = {name: [self._provider(name, 0.0) for _ in range(3)] for name in {**HOME, **ATTACKERS}}
        self.users = users
        self.home, self.attackers = Pick(HOME), Pick(ATTACKERS)
        self.offices: dict[str, list[tuple[Provider, int]]] = {}
        for name in HOME:
            self.offices[name] = [
                ((line := self.lines[name](self.rng)), line.new_line())
                for _ in range(max(3, int(users * HOME[name] / 100 / 60)))
            ]

    def _provider(self, country: str, renews: float) -> Provider:
        self.blocks += 1
        self.asns += 1 + self.rng.randrange(30)
        return Provider(self.asns, country, renews, 256 + self.blocks * 7)

    def _providers(self, country: str, rng: random.Random) -> Pick:
        big = BIG_PROVIDERS.get(country, [0.3, 0.2, 0.1])
        small = SMALL_PROVIDERS.get(country, 30)
        rest = 1 - sum(big)
        zipf = [1 / (2 + rank) for rank in range(small)]
        shares = big + [rest * weight / sum(zipf) for weight in zipf]
        made = {}
        providers = []
        for share in shares:
            providers.append(self._provider(country, rng.choice([1.0, 7.0, 30.0, 90.0, 200.0, 400.0])))
            made[len(providers) - 1] = share
        pick = Pick(made)
        pick.names = providers
        return pick

    def _somebody(self, number: int) -> Somebody:
        rng = self.rng
        country = self.home(rng)
        kinds = [KINDS(rng)]
        while len(kinds) < 5 and rng.random() < 0.33:
            kinds.append(KINDS(rng))
        line = self.lines[country](rng)
        # Most take phone and line from one company; the published ASNs mix both.
        carrier = line if rng.random() < 0.82 else rng.choice(self.carriers[country])
        return Somebody(
            number,
            country,
            int(rng.paretovariate(0.9)) % 14,
            line,
            carrier,
            rng.choice(self.offices[country]) if rng.random() < 0.4 else None,
            [_new_device(rng, kind, -rng.random() * 700) for kind in kinds],
            0.25 if rng.random() < 0.04 else 0.012,
        )

    def _network(self, who: Somebody, device: Device, day: float) -> tuple[Provider, int, str]:
        rng = self.rng
        if rng.random() < who.travels:
            country = self.home(rng)
            abroad = rng.choice(self.carriers[country]) if rng.random() < 0.4 else self.lines[country](rng)
            return abroad, rng.randrange(4096), country
        at_home = 0.45 if device.type == "mobile" else 0.75
        dice = rng.random()
        if dice < at_home:
            if day >= who.line_until:
                who.line_number = who.line.new_line()
                who.line_until = day + rng.expovariate(1 / who.line.renews_after_days)
            return who.line, who.line_number, who.country
        if who.office and dice < at_home + 0.2:
            return who.office[0], who.office[1], who.country
        if device.type in ("mobile", "tablet"):
            # A carrier gives an address out of its pool and keeps it for some hours.
            number, until = who.held.get(who.carrier.asn, (0, -1.0))
            if day >= until:
                number, until = rng.randrange(3000), day + rng.expovariate(2.0)
                who.held[who.carrier.asn] = (number, until)
            return who.carrier, number, who.country
        if rng.random() < 0.5:
            return who.line, who.line_number or who.line.new_line(), who.country
        return self.lines[who.country](rng), rng.randrange(4096), who.country

    def _attempt(self, who: Somebody, day: float) -> Row:
        rng = self.rng
        slot = min(int(rng.expovariate(1.1)), len(who.devices) - 1)
        device = who.devices[slot]
        if day - device.born > 800 * (0.6 + rng.random()) or rng.random() < 0.004:
            kind = "iphone" if device.model == "iPhone" and rng.random() < 0.8 else KINDS(rng)
            device = who.devices[slot] = _new_device(rng, kind, day)
        provider, number, country = self._network(who, device, day)
        string, browser, system = _strings(device, day)
        region = who.region if country == who.country else int(rng.paretovariate(0.9)) % 14
        return Row(day * DAY, who.number, None, provider.address(number), country, f"{country}-{region}", f"{country}-{region}-{number % 3}", provider.asn, string, browser, system, device.type, True, False, False)  # fmt: skip

    def _attack(self, day: float, victim: int) -> Row:
        rng = self.rng
        country = self.attackers(rng)
        provider = self.lines[country](rng)
        number = rng.randrange(300)
        type_ = Pick({"bot": 4.5, "unknown": 1.9, "mobile": 0.9, "desktop": 2.1})(rng)
        if type_ in ("bot", "unknown"):
            string, browser, system = (
                f"client/{rng.randrange(9)}",
                "Python Requests 2.2" if type_ == "bot" else "ZipppBot 0.1",
                "Other",
            )
        else:
            string, browser, system = _strings(
                _new_device(rng, "android" if type_ == "mobile" else "windows", day), day
            )
        return Row(day * DAY, victim, None, provider.address(number), country, f"{country}-0", f"{country}-0-0", provider.asn, string, browser, system, type_, False, True, False)  # fmt: skip

    def rows(self) -> Iterator[Row]:
        """Every attempt of a year, in order of time."""
        rng = self.rng
        people = [self._somebody(number) for number in range(self.users)]
        times: list[tuple[float, int]] = []
        for who in people:
            # Few come often, most come seldom: log-normal, 4.0 successes a year among those who came.
            rate = min(math.exp(rng.gauss(0.1, 1.3)), 400)
            for _ in range(_poisson(rng, rate)):
                times.append((rng.random() * DAYS, who.number))
        times.sort()
        takeovers = set(rng.sample(range(len(times)), min(len(times), max(3, round(len(times) * 4.5e-6 / 0.426)))))
        for index, (day, number) in enumerate(times):
            row = self._attempt(people[number], day)
            while rng.random() < WRONG_PASSWORDS / (1 + WRONG_PASSWORDS):
                yield row._replace(succeeded=False)
            yield row
            while rng.random() < (share := ATTACK_SHARE / 0.426) / (1 + share):
                yield self._attack(day, rng.randrange(self.users))
            if index in takeovers:
                row = self._attack(day, rng.randrange(self.users))
                yield row._replace(succeeded=True, is_takeover=True, country="RO" if rng.random() < 0.56 else row.country)  # fmt: skip


def _poisson(rng: random.Random, mean: float) -> int:
    if mean > 60:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def rows(users: int, seed: int) -> Iterator[Row]:
    return Homes(users, seed).rows()
