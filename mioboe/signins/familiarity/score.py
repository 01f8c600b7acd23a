"""The score: how much likelier somebody else is than the owner, as a power of ten.

+1 means that somebody else is ten times likelier, -3 that the owner is a thousand times likelier, before anything is assumed
about how often accounts are attacked. Two things are asked of an account's history, what of the network and what of the device
it has seen (`outcomes`). For the owner, the chance of that answer is learned from everybody's sign-ins with a history of that
length, times how often this network operator gives its customers new addresses. For somebody else, it is how popular the
account's own features are with the others: whoever lives behind the country's biggest operator is easier to hit by chance.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from mioboe.signins.familiarity.features import Features
from mioboe.signins.familiarity.keys import Kind, numbered, value_of
from mioboe.signins.familiarity.outcomes import DEVICES, DeviceSeen, NetworkSeen, bucket_of
from mioboe.signins.familiarity.profile import Profile
from mioboe.signins.familiarity.tallies import Tallies, rate_key

# Until others have signed in: how many of them would share an account's address, operator and country, and its string, browser,
# system and type; worth so many sign-ins.
FIRST_SHARES = (0.0005, 0.08, 0.6, 0.01, 0.15, 0.3, 0.5)
FIRST_SHARES_WEIGHT = 50.0


class Weighed(NamedTuple):
    score: float  # power of ten by which somebody else is likelier than the owner
    network: NetworkSeen | None  # None: nothing is known of the network
    device: DeviceSeen | None  # None: the browser says nothing of itself
    sign_ins: int  # how long the history was
    owner: float  # likelihood of this outcome for the owner
    other: float  # and for somebody else

    @property
    def reasons(self) -> list[str]:
        """Codes from which words are made: what is new, else what is known."""
        return [
            f"network.{self.network.name.lower()}" if self.network is not None else "network.unknown",
            f"device.{self.device.name.lower()}" if self.device is not None else "device.unknown",
        ]


def weigh(profile: Profile, features: Features, tallies: Tallies) -> Weighed:
    """Holds a sign-in against a history of at least one sign-in. Changes nothing."""
    counts = profile.counts
    network, device = _network(counts, features), _device(counts, features)
    shares = _shares(profile, tallies)
    rates = tallies.rates(bucket_of(max(profile.sign_ins, 1)))
    owner, other = 1.0, 1.0
    if network is not None and device is not None:
        owner = rates[network * DEVICES + device]
    elif network is not None:
        owner = sum(rates[network * DEVICES : (network + 1) * DEVICES])
    elif device is not None:
        owner = sum(rates[device::DEVICES])
    if network is not None:
        other *= _between(shares[:3], FIRST_SHARES[:3], network, shares[7])
        if features.asn is not None and network <= NetworkSeen.OPERATOR:
            renewed, stayed = tallies.renewal(features.asn)
            owner *= renewed if network == NetworkSeen.OPERATOR else stayed
    if device is not None:
        other *= _between(shares[3:7], FIRST_SHARES[3:], device, shares[7])
    return Weighed(math.log10(other / owner), network, device, profile.sign_ins, owner, other)


def keys_to_learn(features: Features, weighed: Weighed | None) -> Iterator[int]:
    """What everybody's tallies learn from an owner's sign-in, `weighed` before it (None for an account's first)."""
    for key in features:
        if key is not None:
            yield key
    if weighed and weighed.network is not None and weighed.device is not None:
        yield rate_key(bucket_of(max(weighed.sign_ins, 1)), weighed.network * DEVICES + weighed.device)
        if features.asn is not None and weighed.network <= NetworkSeen.OPERATOR:
            kind = Kind.RENEWED if weighed.network == NetworkSeen.OPERATOR else Kind.STAYED
            yield numbered(kind, value_of(features.asn))


def _network(counts: dict[int, int], features: Features) -> NetworkSeen | None:
    if features.address is not None and features.address in counts:
        return NetworkSeen.ADDRESS
    if features.asn is not None and features.asn in counts:
        return NetworkSeen.OPERATOR
    if features.country is None:
        return None
    return NetworkSeen.COUNTRY if features.country in counts else NetworkSeen.NOTHING


def _device(counts: dict[int, int], features: Features) -> DeviceSeen | None:
    if features.string is None:
        return None
    if features.string in counts:
        return DeviceSeen.STRING
    if features.browser is not None and features.browser in counts:
        return DeviceSeen.BROWSER
    if features.system is not None and features.system in counts:
        return DeviceSeen.SYSTEM
    if features.type is not None and features.type in counts:
        return DeviceSeen.TYPE
    return DeviceSeen.NOTHING


def _shares(profile: Profile, tallies: Tallies) -> list[float]:
    """By kind, which share of the others' sign-ins shows one of the account's own features; last, how much the first guesses
    still weigh in that."""
    sums = [0] * 16
    everybody = tallies.counts
    for key, own in profile.counts.items():
        theirs = everybody.get(key, 0) - own
        if theirs > 0:
            sums[key & 15] += theirs
    others = max(tallies.sign_ins - profile.sign_ins, 0) + FIRST_SHARES_WEIGHT
    shares = [(sums[kind] + FIRST_SHARES_WEIGHT * FIRST_SHARES[kind]) / others for kind in range(7)]
    shares.append(FIRST_SHARES_WEIGHT / others)
    return shares


def _between(shares: list[float], first: tuple[float, ...], level: int, weight: float) -> float:
    """How likely somebody else comes out at exactly this level: the wider circle less the narrower one within it. Never
    nothing: the first guesses, at their weight, are the floor."""
    wide = shares[level] if level < len(shares) else 1.0
    narrow = shares[level - 1] if level > 0 else 0.0
    floor = weight * ((first[level] if level < len(first) else 1.0) - (first[level - 1] if level > 0 else 0.0))
    return max(wide - narrow, floor)
