"""What can come out when a sign-in is held against its account's history."""

from bisect import bisect_right
from enum import IntEnum


class NetworkSeen(IntEnum):
    ADDRESS = 0  # the account has come from this very address
    OPERATOR = 1  # a new address of a network operator (ASN) that the account has used
    COUNTRY = 2  # a new operator in a country that the account has used
    NOTHING = 3  # a new country


class DeviceSeen(IntEnum):
    STRING = 0  # the account has come with this very browser string
    VERSION = 1  # the same but for its version numbers: the same browser on the same model and system, updated
    BROWSER = 2  # a browser, system and kind of device that it has used, in another version or model
    SYSTEM = 3  # another browser on a system and kind of device that it has used
    TYPE = 4  # another system on a kind of device that it has used
    NOTHING = 5  # a kind of device that it has never used


NETWORKS, DEVICES = len(NetworkSeen), len(DeviceSeen)
CELLS = NETWORKS * DEVICES

# Times since the account's last sign-in that are told apart, by their first day: a browser is updated and an address renewed
# meanwhile, the likelier the longer it is.
GAP_STARTS = (0, 1, 3, 8, 22, 64)
GAPS = len(GAP_STARTS)

# History lengths that are told apart, in sign-ins: 1, 2, 3-4, 5-8, 9-16, 17-32, more.
BUCKETS = 7


def bucket_of(sign_ins: int) -> int:
    """The history length's class; `sign_ins` is at least 1."""
    return min((sign_ins - 1).bit_length(), BUCKETS - 1)


def gap_of(days: int) -> int:
    """The class of the time since the last sign-in."""
    return bisect_right(GAP_STARTS, max(days, 0)) - 1
