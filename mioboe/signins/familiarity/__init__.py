"""How familiar a sign-in is for its account: pure arithmetic, no database, no framework.

`features_of` reads what a sign-in shows, a `Profile` is what its account has shown before, `Tallies` are what everybody
shows, and `weigh` says how much likelier somebody else is than the owner. docs/recognition.md explains it.
"""

from mioboe.signins.familiarity.features import Features, features_of
from mioboe.signins.familiarity.outcomes import DeviceSeen, NetworkSeen
from mioboe.signins.familiarity.profile import MOST_KEYS, Profile
from mioboe.signins.familiarity.score import Weighed, keys_to_learn, weigh
from mioboe.signins.familiarity.tallies import Tallies

__all__ = [
    "MOST_KEYS",
    "DeviceSeen",
    "Features",
    "NetworkSeen",
    "Profile",
    "Tallies",
    "Weighed",
    "features_of",
    "keys_to_learn",
    "weigh",
]
