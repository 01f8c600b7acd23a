"""The score: how much likelier somebody else is than the owner, as a power of ten.

+1 means that somebody else is ten times likelier, -3 that the owner is a thousand times likelier, before anything is assumed
about how often accounts are attacked. Two things are asked of an account's history: what of the network, and what of the device,
it has seen (`outcomes`).

For the owner, the chance of that answer is learned from everybody's sign-ins with a history of that length, so long after the
last one (a browser is updated and an address renewed meanwhile), times how often this network operator gives its customers new
addresses, times how usual the very feature is for the account among those it has, and of late.
For somebody else, it is how popular that feature is with the others: whoever lives behind the country's biggest operator is easier
to hit by chance. Somebody else is mostly a stranger, at times a neighbour, who signs in from the owner's country, and now and then
informed, and uses a browser like the owner's, too: so features are also held against what is popular there.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mioboe.signins.familiarity.features import Features
from mioboe.signins.familiarity.keys import KIND_MASK, Kind, numbered, value_of
from mioboe.signins.familiarity.outcomes import DEVICES, DeviceSeen, NetworkSeen, bucket_of, gap_of
from mioboe.signins.familiarity.profile import Profile
from mioboe.signins.familiarity.tallies import Tallies, rate_key

# Until others have signed in: how many of them show what an account has shown, by `Kind` from ADDRESS to TYPE; worth so many
# sign-ins.
FIRST_SHARES = (0.0005, 0.08, 0.6, 0.01, 0.05, 0.15, 0.3, 0.5)
FIRST_SHARES_WEIGHT = 50.0
# Each of an account's features counts half a sign-in more, so that one seen once is not judged by its count alone.
OWN_WEIGHT = 0.5
# What an account has not shown for so long is half as usual for it.
HALF_USUAL_DAYS = 45.0
# How likely somebody else is a stranger, a neighbour, or informed; and how likely the latter two still come from another country,
# or with another browser.
STRANGER, NEIGHBOUR, INFORMED = 0.85, 0.1, 0.05
FARFETCHED = 0.001
# At least so likely a neighbour's operator is none of the account's.
LEAST_OTHER_OPERATOR = 0.02


class Weighed(NamedTuple):
    score: float  # power of ten by which somebody else is likelier than the owner
    network: NetworkSeen | None  # None: nothing is known of the network
    device: DeviceSeen | None  # None: the browser says nothing of itself
    sign_ins: int  # how long the history was
    gap: int  # class of the time since the last one
    owner: float  # likelihood of this outcome for the owner
    other: float  # and for somebody else

    @property
    def reasons(self) -> list[str]:
        """Codes from which words are made: of the network and of the device."""
        return [
            f"network.{self.network.name.lower()}" if self.network is not None else "network.unknown",
            f"device.{self.device.name.lower()}" if self.device is not None else "device.unknown",
        ]


def weigh(profile: Profile, features: Features, tallies: Tallies, day: int) -> Weighed:
    """Holds a sign-in of this `day` (counted as `Profile.days` are) against a history of at least one sign-in. Changes
    nothing."""
    network, device = _network(profile.counts, features), _device(profile.counts, features)
    gap = gap_of(day - profile.last_day)
    rates = tallies.rates(bucket_of(max(profile.sign_ins, 1)), gap)
    owner = 1.0
    if network is not None and device is not None:
        owner = rates[network * DEVICES + device]
    elif network is not None:
        owner = sum(rates[network * DEVICES : (network + 1) * DEVICES])
    elif device is not None:
        owner = sum(rates[device::DEVICES])
    network_everywhere = network_nearby = device_everywhere = device_alike = 1.0
    if network is not None:
        usual, network_everywhere = _against(profile, tallies, features, network, Kind.ADDRESS, Kind.COUNTRY)
        network_nearby = _nearby(profile, tallies, features, network, network_everywhere)
        owner *= usual
        if features.asn is not None and network <= NetworkSeen.OPERATOR:
            renewed, stayed = tallies.renewal(features.asn)
            owner *= renewed if network == NetworkSeen.OPERATOR else stayed
    if device is not None:
        usual, device_everywhere = _against(profile, tallies, features, device, Kind.STRING, Kind.TYPE)
        device_alike = _alike(profile, tallies, features, device, device_everywhere)
        owner *= usual
    other = (
        STRANGER * network_everywhere * device_everywhere
        + NEIGHBOUR * network_nearby * device_everywhere
        + INFORMED * network_nearby * device_alike
    )
    return Weighed(math.log10(other / owner), network, device, profile.sign_ins, gap, owner, other)


def keys_to_learn(features: Features, weighed: Weighed | None) -> Iterator[int]:
    """What everybody's tallies learn from an owner's sign-in, `weighed` before it (None for an account's first)."""
    for key in features:
        if key is not None:
            yield key
    if weighed and weighed.network is not None and weighed.device is not None:
        yield rate_key(bucket_of(max(weighed.sign_ins, 1)), weighed.gap, weighed.network * DEVICES + weighed.device)
        if features.asn is not None and weighed.network <= NetworkSeen.OPERATOR:
            kind = Kind.RENEWED if weighed.network == NetworkSeen.OPERATOR else Kind.STAYED
            yield numbered(kind, value_of(features.asn))


def _first_seen(counts: dict[int, int], levels: Sequence[int | None]) -> int:
    """The finest level on which the account has shown this; their number where on none."""
    for level, key in enumerate(levels):
        if key is not None and key in counts:
            return level
    return len(levels)


def _network(counts: dict[int, int], features: Features) -> NetworkSeen | None:
    seen = NetworkSeen(_first_seen(counts, features[: Kind.COUNTRY + 1]))
    if seen == NetworkSeen.NOTHING and features.country is None:
        return None
    return seen


def _device(counts: dict[int, int], features: Features) -> DeviceSeen | None:
    if features.string is None:
        return None
    return DeviceSeen(_first_seen(counts, features[Kind.STRING :]))


def _against(
    profile: Profile, tallies: Tallies, features: Features, level: int, finest: Kind, widest: Kind
) -> tuple[float, float]:
    """How usual the feature seen on this level is among the account's own of its kind, and which share of the others' sign-ins
    shows it. Seen on no level: 1, and the share of the others who show none of the account's own on the widest."""
    kind = finest + level
    others = max(tallies.sign_ins - profile.sign_ins, 0) + FIRST_SHARES_WEIGHT
    if kind > widest:
        theirs = sum(
            max(tallies.counts.get(key, 0) - own, 0) for key, own in profile.counts.items() if key & KIND_MASK == widest
        )
        first = FIRST_SHARES_WEIGHT * (1 - FIRST_SHARES[widest])
        return 1.0, max(others - FIRST_SHARES_WEIGHT - theirs, 0) / others + first / others
    key = features[kind]
    assert key is not None
    own, day = profile.counts[key], profile.days[key]
    alike = [
        (count + OWN_WEIGHT) * 2 ** ((profile.days[other] - day) / HALF_USUAL_DAYS)
        for other, count in profile.counts.items()
        if other & KIND_MASK == kind
    ]
    usual = (own + OWN_WEIGHT) / sum(alike)
    first = FIRST_SHARES_WEIGHT * FIRST_SHARES[kind] / len(alike)
    return usual, (max(tallies.counts.get(key, 0) - own, 0) + first) / others


def _share(profile: Profile, tallies: Tallies, key: int, kind: Kind) -> float:
    """Which share of the others' sign-ins shows this."""
    theirs = max(tallies.counts.get(key, 0) - profile.counts.get(key, 0), 0)
    others = max(tallies.sign_ins - profile.sign_ins, 0) + FIRST_SHARES_WEIGHT
    return (theirs + FIRST_SHARES_WEIGHT * FIRST_SHARES[kind]) / others


def _nearby(profile: Profile, tallies: Tallies, features: Features, seen: NetworkSeen, everywhere: float) -> float:
    """The likelihood of the network's outcome for somebody in the owner's country."""
    if seen == NetworkSeen.NOTHING:
        return FARFETCHED
    if features.country is None:
        return everywhere
    here = _share(profile, tallies, features.country, Kind.COUNTRY)
    if seen <= NetworkSeen.OPERATOR:
        return min(everywhere / here, 1.0)
    own = sum(
        max(tallies.counts.get(key, 0) - count, 0)
        for key, count in profile.counts.items()
        if key & KIND_MASK == Kind.ASN
    )
    others = max(tallies.sign_ins - profile.sign_ins, 0) + FIRST_SHARES_WEIGHT
    return max(1 - own / others / here, LEAST_OTHER_OPERATOR)


def _alike(profile: Profile, tallies: Tallies, features: Features, seen: DeviceSeen, everywhere: float) -> float:
    """The likelihood of the device's outcome for somebody with the owner's browser, system and kind of device."""
    if seen > DeviceSeen.BROWSER:
        return FARFETCHED
    if seen == DeviceSeen.BROWSER or features.browser is None:
        return 1.0
    return min(everywhere / _share(profile, tallies, features.browser, Kind.BROWSER), 1.0)
