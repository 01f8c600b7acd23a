"""Generator "crowds": habits and today's blur. A person moves between a few situations (this device in that network) as a
Markov chain, in bursts; families share a line, students a campus; some sit behind a VPN or a browser's relay whose exits
move; some move house or country for good. Browser strings are today's: frozen systems, only the main version moves, so that
very many people share one string.

Tuned to the published distributions only, before any score was looked at.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.recognition.rows import Row

DAY = 86400.0
DAYS = 365
COUNTRIES = {"NO": 48.8, "US": 25.8, "BR": 3.6, "RU": 2.9, "PL": 3.2, "DE": 2.6, "SE": 2.4, "GB": 1.8, "DK": 1.5}
COUNTRIES |= dict.fromkeys(
    [
        "FR",
        "ES",
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
        "CA",
        "MX",
        "AU",
        "ZA",
        "JP",
        "KR",
        "IE",
        "AT",
    ],
    0.31,
)
GIANTS = {"NO": [0.62, 0.112, 0.108], "US": [0.86]}
RELAY, VPN = 90_001, 90_002
ATTACKERS = (
    ["US"] * 7 + ["RU"] * 4 + ["BR"] * 3 + ["NO"] * 3 + ["RO"] * 2 + ["PL"] * 2 + ["IN", "ID", "VN", "UA", "TR"] * 2
)
ATTACK_SHARE, SUCCEEDED = 0.094, 0.426
# (system as the string says it, browser, type): weight. Frozen strings: one for each main version.
DEVICES = {
    ("iPhone", "Mobile Safari", "mobile"): 31.0,
    ("iPhone", "Google", "mobile"): 3.0,
    ("Android 10; K", "Chrome Mobile", "mobile"): 29.0,
    ("Android 10; K", "Samsung Internet", "mobile"): 5.5,
    ("Windows 10", "Chrome", "desktop"): 12.5,
    ("Windows 10", "Edge", "desktop"): 6.5,
    ("Windows 10", "Firefox", "desktop"): 1.8,
    ("Mac OS X 10.15", "Safari", "desktop"): 3.6,
    ("Mac OS X 10.15", "Chrome", "desktop"): 2.6,
    ("Linux", "Firefox", "desktop"): 0.6,
    ("iPad", "Mobile Safari", "tablet"): 2.2,
    ("Android 10; K", "Chrome", "tablet"): 1.1,
}


@dataclass
class Line:
    asn: int
    country: str
    region: int
    number: int
    daily_change: float  # chance a day of another address
    since: float = 0.0

    def on(self, day: float, rng: random.Random) -> int:
        if rng.random() > (1 - self.daily_change) ** max(0.0, day - self.since):
            self.number = rng.randrange(1000, 65_000)
        self.since = day
        return self.number


@dataclass
class Situation:
    device: int  # index into the person's own
    network: str  # "line", "campus", "phone", "relay", "vpn"


@dataclass
class Being:
    number: int
    country: str
    line: Line
    campus: Line | None
    phone_asn: int
    devices: list[list]  # [system, browser, type, main version, extra]
    situations: list[Situation]
    now: int = 0
    hides: str = ""
    phone: tuple[int, float] = (0, -1.0)


class Crowds:
    def __init__(self, users: int, seed: int) -> None:
        self.rng = rng = random.Random(f"crowds {seed}")
        self.users = users
        self.names, self.shares = list(COUNTRIES), list(COUNTRIES.values())
        self.asns: dict[str, tuple[list[int], list[float]]] = {}
        self.pace: dict[int, float] = {}
        for number, name in enumerate(self.names):
            first = GIANTS.get(name, [0.35, 0.22, 0.1])
            many = {"NO": 70, "US": 500}.get(name, 34)
            tail = [0.94**rank for rank in range(many)] if many < 100 else [1 / (5 + rank) for rank in range(many)]
            left = 1 - sum(first)
            numbers = [20_000 + 1000 * number + rank for rank in range(len(first) + many)]
            self.asns[name] = numbers, first + [left * weight / sum(tail) for weight in tail]
            self.pace |= {asn: rng.choice([0.001, 0.003, 0.01, 0.03, 0.5]) for asn in numbers}
        self.campuses = {name: [self._line(name) for _ in range(2 + int(users * COUNTRIES[name] / 100 / 90))] for name in self.names}  # fmt: skip
        for campus in (one for many in self.campuses.values() for one in many):
            campus.daily_change = 0.0

    def _line(self, country: str) -> Line:
        numbers, shares = self.asns[country]
        asn = self.rng.choices(numbers, shares)[0]
        return Line(asn, country, min(int(self.rng.expovariate(0.3)), 15), self.rng.randrange(1000, 65_000), self.pace[asn])  # fmt: skip

    def _device(self, day: float) -> list:
        system, browser, type_ = self.rng.choices(list(DEVICES), list(DEVICES.values()))[0]
        return [system, browser, type_, int(day / 28) - (self.rng.random() < 0.3), self.rng.randrange(6)]

    def _being(self, number: int, family: Line | None) -> Being:
        rng = self.rng
        country = family.country if family else rng.choices(self.names, self.shares)[0]
        line = family or self._line(country)
        numbers, shares = self.asns[country]
        devices = [self._device(-rng.random() * 40) for _ in range(1 + (rng.random() < 0.45) + (rng.random() < 0.15))]
        being = Being(
            number, country, line,
            rng.choice(self.campuses[country]) if rng.random() < 0.3 else None,
            line.asn if rng.random() < 0.8 else rng.choices(numbers[:8], shares[:8])[0],
            devices, [],
        )  # fmt: skip
        being.hides = rng.choices(["", "relay", "vpn"], [93, 4, 3])[0]
        self._settle(being)
        return being

    def _settle(self, being: Being) -> None:
        """The situations of this being: each device at home and, as its kind is, outside."""
        being.situations = []
        for index, device in enumerate(being.devices):
            being.situations.append(Situation(index, "line"))
            if device[2] == "mobile":
                being.situations.append(Situation(index, "phone"))
            if being.campus:
                being.situations.append(Situation(index, "campus"))
        being.now = self.rng.randrange(len(being.situations))

    def _life(self, being: Being, gap_days: float) -> None:
        """What may have happened since the last time: another device, another home, another country."""
        rng = self.rng
        if rng.random() < 1 - 0.9992**gap_days:
            being.devices[rng.randrange(len(being.devices))] = self._device(0)
            self._settle(being)
        if rng.random() < 1 - 0.9993**gap_days:
            country = being.country if rng.random() < 0.94 else rng.choices(self.names, self.shares)[0]
            being.country, being.line = country, self._line(country)
            numbers, shares = self.asns[country]
            being.phone_asn = rng.choices(numbers[:8], shares[:8])[0]

    def _network(self, being: Being, network: str, day: float) -> tuple[int, int, str, int]:
        rng = self.rng
        if rng.random() < 0.011:  # a journey
            abroad = self._line(rng.choices(self.names, self.shares)[0])
            return abroad.asn, rng.randrange(400), abroad.country, abroad.region
        if being.hides == "relay" and rng.random() < 0.6:
            return RELAY, rng.randrange(900), being.country, 0
        if being.hides == "vpn" and rng.random() < 0.7:
            return VPN, rng.randrange(250), being.country if rng.random() < 0.7 else rng.choice(["US", "DE", "SE"]), 0
        if network == "phone":
            if day > being.phone[1]:
                being.phone = (rng.randrange(700), day + rng.expovariate(3))
            return being.phone_asn, being.phone[0], being.country, being.line.region
        line = being.campus if network == "campus" and being.campus else being.line
        return line.asn, line.on(day, rng), line.country, line.region

    def _row(self, being: Being, day: float, gap_days: float) -> Row:
        rng = self.rng
        self._life(being, gap_days)
        if rng.random() > 0.86 ** (1 + min(gap_days, 10)):
            being.now = min(int(rng.expovariate(0.8)), len(being.situations) - 1)
        situation = being.situations[being.now]
        device = being.devices[situation.device]
        newest = int(day / 28)
        if newest > device[3] and rng.random() < 0.8:
            device[3] = newest - (rng.random() < 0.12)
        if rng.random() < 0.006:  # a friend's device
            device = self._device(day)
        asn, number, country, region = self._network(being, situation.network, day)
        return _row(day, being.number, asn, number, country, region, device)

    def _attack(self, day: float) -> Row:
        rng = self.rng
        country = rng.choice(ATTACKERS)
        numbers, shares = self.asns[country]
        type_ = rng.choices(["bot", "unknown", "mobile", "desktop"], [4.5, 1.9, 1.4, 1.6])[0]
        device = (
            self._device(day) if type_ in ("mobile", "desktop") else ["Other", "Scripted", type_, 1, rng.randrange(6)]
        )
        while type_ in ("mobile", "desktop") and device[2] != type_:
            device = self._device(day)
        asn = rng.choices(numbers, shares)[0]
        row = _row(day, rng.randrange(self.users), asn, rng.randrange(700), country, 0, device)
        return row._replace(succeeded=False, is_attack_ip=True)

    def rows(self) -> Iterator[Row]:
        """Every attempt of a year, in order of time."""
        rng = self.rng
        beings: list[Being] = []
        while len(beings) < self.users:
            first = self._being(len(beings), None)
            beings.append(first)
            while len(beings) < self.users and rng.random() < 0.35:
                beings.append(self._being(len(beings), first.line))
        times: list[tuple[float, int]] = []
        for being in beings:
            for _ in range(1 + int(rng.gammavariate(0.24, 9.0))):
                start = rng.random() * DAYS
                for _ in range(1 + int(rng.expovariate(1.3))):
                    times.append((start, being.number))
                    start = min(start + rng.expovariate(0.5), DAYS)
        times.sort()
        last: dict[int, float] = {}
        hits = set(rng.sample(range(len(times)), min(len(times), max(3, round(len(times) * 4.5e-6 / SUCCEEDED)))))
        wrong = 1 - SUCCEEDED / (1 - ATTACK_SHARE)
        for index, (day, number) in enumerate(times):
            row = self._row(beings[number], day, day - last.get(number, day))
            last[number] = day
            while rng.random() < wrong:
                yield row._replace(succeeded=False)
            yield row
            while rng.random() < ATTACK_SHARE / (SUCCEEDED + ATTACK_SHARE):
                yield self._attack(day)
            if index in hits:
                taken = self._attack(day)
                yield taken._replace(succeeded=True, is_takeover=True, country="RO" if rng.random() < 0.56 else taken.country)  # fmt: skip


def _row(day: float, user: int, asn: int, number: int, country: str, region: int, device: list) -> Row:
    system, browser, type_, main, extra = device
    version = f"{browser} {100 + main}.{extra if 'Safari' in browser else 0}"
    ip = f"{asn >> 16 & 255}.{asn >> 8 & 255}.{asn & 255}.{number}"
    return Row(day * DAY, user, None, ip, country, f"{country}-{region}", f"{country}-{region}-{number % 2}", asn, f"Mozilla/5.0 ({system}) {version}", version, system if system[-1].isdigit() else f"{system} 17", type_, True, False, False)  # fmt: skip


def rows(users: int, seed: int) -> Iterator[Row]:
    return Crowds(users, seed).rows()
