"""Asking the till twice with one key: the same answer, or a refusal where something else is asked."""

import hashlib

from mioboe.payments.gateways import Declined
from mioboe.payments.gateways.till.models import Key


def begin(key: str, *asked: object) -> tuple[Key, bool]:
    """The key's row, locked until the caller's transaction ends, and whether it is the first time that it is heard. Raises
    Declined where the key was used for something else."""
    digest = hashlib.sha256(repr(asked).encode()).hexdigest()
    row, is_first = Key.objects.get_or_create(key=key, defaults={"asked": digest})
    row = Key.objects.select_for_update().get(pk=row.pk)
    if row.asked != digest:
        raise Declined("this key was used for something else")
    return row, is_first


def answer(row: Key, ref: str) -> None:
    """Keeps the answer, to be given again; in the transaction of what was done."""
    row.answer = ref
    row.save(update_fields=["answer"])


def forget() -> int:
    """Forgets every key, as acquirers do after a day or so. Answers how many."""
    return Key.objects.all().delete()[0]
