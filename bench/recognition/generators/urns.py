"""Generator "urns": no mechanism at all. Each account draws its networks and browser strings from urns of its own that are
filled from its country's urns (a Pitman-Yor process on two levels): what was drawn often is drawn again, and now and then
something new comes, popular things first. Attackers draw from an urn of theirs.

Tuned to the published distributions only, before any score was looked at.
"""

import random
from collections.abc import Iterator

from bench.recognition.rows import Row

DAY = 86400.0
DAYS = 365
COUNTRIES = {"NO": 52.0, "US": 25.8, "BR": 3.6, "RU": 2.8, "PL": 3.2, "DE": 2.6}
OTHERS = [
    "SE",
    "DK",
    "GB",
    "ES",
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
    "IE",
    "AT",
    "CH",
    "BE",
]
FIRST_ASNS = {"NO": [0.665, 0.092, 0.088], "US": [0.825]}
ATTACK_COUNTRIES = ["US"] * 20 + ["RU"] * 10 + ["BR"] * 9 + ["NO"] * 8 + ["RO"] * 4 + ["PL"] * 4 + OTHERS
WRONG_SHARE = 0.533  # of honest attempts
ATTACK_SHARE = 0.094
# System, type, weight; browsers with weights; how many versions live at one time.
SYSTEMS = [
    ("iOS", "mobile", 35.5, {"Mobile Safari": 85, "Chrome Mobile iOS": 9, "Instagram": 4, "Google": 2}, 9),
    (
        "Android",
        "mobile",
        33.5,
        {"Chrome Mobile": 78, "Samsung Internet": 17, "Firefox Mobile": 3, "Opera Mobile": 2},
        160,
    ),
    ("Windows", "desktop", 20.5, {"Chrome": 63, "Edge": 22, "Firefox": 11, "IE": 4}, 8),
    ("Mac OS X", "desktop", 6.5, {"Safari": 52, "Chrome": 40, "Firefox": 8}, 14),
    ("iOS", "tablet", 2.1, {"Mobile Safari": 95, "Chrome Mobile iOS": 5}, 7),
    ("Android", "tablet", 1.2, {"Chrome": 90, "Samsung Internet": 10}, 30),
    ("Linux", "desktop", 0.7, {"Firefox": 55, "Chrome": 45}, 10),
]


class Urn:
    """A Chinese restaurant: what is in it comes again by its count, less a discount; else `fresh` says that it must come
    from outside. Bounded by what is put in."""

    def __init__(self, strength: float, discount: float) -> None:
        self.strength, self.discount = strength, discount
        self.counts: dict = {}
        self.total = 0

    def draw(self, rng: random.Random):
        """A thing out of the urn, or None for something from outside."""
        new = (self.strength + self.discount * len(self.counts)) / (self.total + self.strength)
        if self.total == 0 or rng.random() < new:
            return None
        dice = rng.random() * (self.total - self.discount * len(self.counts))
        for thing, count in self.counts.items():
            dice -= count - self.discount
            if dice < 0:
                return thing
        return thing

    def put(self, thing) -> None:
        self.counts[thing] = self.counts.get(thing, 0) + 1
        self.total += 1


class Country:
    def __init__(self, name: str, number: int, rng: random.Random) -> None:
        first = FIRST_ASNS.get(name, [rng.uniform(0.2, 0.4), rng.uniform(0.05, 0.2)])
        many = {"NO": 60, "US": 420}.get(name, 36)
        tail = [1 / (3 + rank) ** 1.1 for rank in range(many)]
        rest = 1 - sum(first)
        self.name = name
        self.asns = [10_000 + number * 1000 + rank for rank in range(len(first) + many)]
        self.weights = first + [rest * weight / sum(tail) for weight in tail]
        # A beta-like spread: with some providers an address stays for months, with others for hours.
        self.change = {asn: rng.betavariate(0.8, 1.1) for asn in self.asns}

    def asn(self, rng: random.Random) -> int:
        return rng.choices(self.asns, self.weights)[0]


class Account:
    def __init__(self, number: int, country: Country, rng: random.Random) -> None:
        self.number, self.country = number, country
        self.region = min(int(rng.expovariate(0.35)), 11)
        self.asns = Urn(rng.lognormvariate(-0.9, 0.9), 0.12)
        self.addresses: dict[int, Urn] = {}
        self.kinds = Urn(rng.lognormvariate(-0.8, 0.9), 0.05)
        self.browsers: dict[int, Urn] = {}
        self.versions: dict[tuple[int, str], tuple[int, int]] = {}


def _address(asn: int, number: int) -> str:
    return f"{asn >> 8 & 255}.{asn & 255}.{number >> 8 & 255}.{number & 255}"


def _version(account: Account, kind: int, browser: str, day: float, rng: random.Random) -> tuple[int, int]:
    """(release, build): kept from the last time, or moved to one near today's."""
    many = SYSTEMS[kind][4]
    kept = account.versions.get((kind, browser))
    today = int(day / 30)
    if kept is None:
        kept = (today - min(int(rng.expovariate(0.9)), 6), min(int(rng.paretovariate(0.7)) - 1, many * 6) % many)
    elif today > kept[0] and rng.random() < 0.55:
        kept = (today - (rng.random() < 0.2), kept[1] if many > 20 else rng.randrange(many))
    account.versions[kind, browser] = kept
    return kept


def _honest(account: Account, countries: list[Country], day: float, rng: random.Random) -> Row:
    country = account.country
    if rng.random() < 0.018:
        country = rng.choice(countries)
        asn = country.asn(rng)
    else:
        asn = account.asns.draw(rng) or country.asn(rng)
        account.asns.put(asn)
    addresses = account.addresses.setdefault(asn, Urn(0.15 + 5 * country.change.get(asn, 0.5) ** 2, 0.3 * country.change.get(asn, 0.5)))  # fmt: skip
    number = addresses.draw(rng)
    if number is None:
        # Some addresses are shared by very many: the popular ones come first.
        number = int(rng.paretovariate(0.35)) % 60_000 if rng.random() < 0.25 else rng.randrange(60_000)
    addresses.put(number)
    kind = account.kinds.draw(rng)
    if kind is None:
        kind = rng.choices(range(len(SYSTEMS)), [system[2] for system in SYSTEMS])[0]
    account.kinds.put(kind)
    system, type_, _, browsers, _ = SYSTEMS[kind]
    urn = account.browsers.setdefault(kind, Urn(0.25, 0.05))
    browser = urn.draw(rng) or rng.choices(list(browsers), list(browsers.values()))[0]
    urn.put(browser)
    release, build = _version(account, kind, browser, day, rng)
    return _row(day, account.number, asn, number, country.name, account.region if country is account.country else 0, browser, system, type_, release, build)  # fmt: skip


def _row(day: float, user: int, asn: int, number: int, country: str, region: int, browser: str, system: str, type_: str, release: int, build: int) -> Row:  # fmt: skip
    version, system = f"{browser} {70 + release}.{build}", f"{system} {10 + build % 4}"
    return Row(day * DAY, user, None, _address(asn, number), country, f"{country}-{region}", f"{country}-{region}-{number % 2}", asn, f"Mozilla/5.0 ({system}; {type_}) {version}", version, system, type_, True, False, False)  # fmt: skip


def _attack(countries: dict[str, Country], users: int, day: float, rng: random.Random) -> Row:
    country = countries[rng.choice(ATTACK_COUNTRIES)]
    asn = country.asn(rng)
    type_ = rng.choices(["bot", "unknown", "mobile", "desktop"], [4.5, 1.9, 1.2, 1.8])[0]
    system, browser = {"mobile": ("Android", "Chrome Mobile"), "desktop": ("Windows", "Chrome")}.get(
        type_, ("Other", "Bot")
    )
    row = _row(day, rng.randrange(users), asn, int(rng.paretovariate(0.5)) % 60_000, country.name, 0, browser, system, type_, int(day / 30), int(rng.paretovariate(0.7)) % 40)  # fmt: skip
    return row._replace(succeeded=False, is_attack_ip=True)


def rows(users: int, seed: int) -> Iterator[Row]:
    """Every attempt of a year, in order of time."""
    rng = random.Random(f"urns {seed}")
    names = {**COUNTRIES, **{name: 12.5 / len(OTHERS) for name in OTHERS}}
    countries = {name: Country(name, number, rng) for number, name in enumerate(names)}
    homes = rng.choices(list(countries.values()), list(names.values()), k=users)
    accounts = [Account(number, home, rng) for number, home in enumerate(homes)]
    times = []
    for account in accounts:
        # Successes a year: a discrete Pareto, cut at 500.
        for _ in range(min(int(rng.paretovariate(1.12)), 500) if rng.random() < 0.62 else 1):
            times.append((rng.random() * DAYS, account.number))
    times.sort()
    hits = set(rng.sample(range(len(times)), min(len(times), max(3, round(len(times) * 4.5e-6 / 0.426)))))
    everywhere = list(countries.values())
    for index, (day, number) in enumerate(times):
        row = _honest(accounts[number], everywhere, day, rng)
        while rng.random() < WRONG_SHARE:
            yield row._replace(succeeded=False)
        yield row
        while rng.random() < ATTACK_SHARE / (0.426 + ATTACK_SHARE):
            yield _attack(countries, users, day, rng)
        if index in hits:
            taken = _attack(countries, users, day, rng)
            yield taken._replace(succeeded=True, is_takeover=True, country="RO" if rng.random() < 0.56 else taken.country)  # fmt: skip
