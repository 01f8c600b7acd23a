"""Short ids for people: unguessable, and readable over the telephone."""

import secrets

# Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


def new_id() -> str:
    """A new id of 8 characters, 40 bits; the column that keeps it is unique, so a clash is a failed insert."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spoken(public_id: str) -> str:
    """`K7QM2X9P` as people see it: `K7QM-2X9P`."""
    return f"{public_id[:4]}-{public_id[4:]}"


def heard(text: str) -> str:
    """What somebody typed or read out, as it is kept: capitals, no dashes or spaces, I and L read as 1, O as 0."""
    return text.strip().upper().translate(_MISREAD)
