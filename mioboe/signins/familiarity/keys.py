"""Everything that is counted has one 64-bit key: its kind in the low four bits, above them the value or its digest."""

from enum import IntEnum
from hashlib import blake2b

KIND_BITS = 4
KIND_MASK = (1 << KIND_BITS) - 1
_DIGEST_MASK = (1 << 59) - 1  # keys stay positive in PostgreSQL's bigint


class Kind(IntEnum):
    ADDRESS = 0
    ASN = 1
    COUNTRY = 2
    STRING = 3
    VERSIONLESS = 4  # the string without its products' versions
    BROWSER = 5  # family, system, type of device
    SYSTEM = 6  # system, type of device
    TYPE = 7
    RATE = 8  # how often the owners' sign-ins come out so: history length, network, device
    STAYED = 9  # an ASN gave a customer an address that the customer had had before
    RENEWED = 10  # an ASN gave a customer a new address
    SCORE = 11  # a day's sign-ins with this score, for the operator's thresholds


def numbered(kind: Kind, value: int) -> int:
    return value << KIND_BITS | kind


def digested(kind: Kind, text: str) -> int:
    digest = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    return (digest & _DIGEST_MASK) << KIND_BITS | kind


def kind_of(key: int) -> Kind:
    return Kind(key & KIND_MASK)


def value_of(key: int) -> int:
    return key >> KIND_BITS
