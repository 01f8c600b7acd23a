"""Asking the till twice with one key: the same answer, or a refusal where something else is asked."""

import hashlib

from django.db import connection
from django.utils import timezone

from mioboe.payments.gateways import Declined
from mioboe.payments.gateways.till.models import Key
from mioboe.site.rows import update_if


def begin(key: str, *asked: object) -> tuple[Key, bool]:
    """The key's row, locked until the caller's transaction ends, and whether it is the first time that it is heard. Raises
    Declined where the key was used for something else."""
    digest = hashlib.sha256(repr(asked).encode()).hexdigest()
    # One statement to write, find and lock it: the update that changes nothing is what locks and answers a row that is there.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO till_key (key, asked, answer, at) VALUES (%s, %s, '', %s)"
            " ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id, asked, answer, xmax = 0",
            [key, digest, timezone.now()],
        )
        pk, asked_before, answer_before, is_first = cursor.fetchone()
    row = Key(pk=pk, key=key, asked=asked_before, answer=answer_before)
    if row.asked != digest:
        raise Declined("this key was used for something else")
    return row, is_first


def answer(row: Key, ref: str) -> None:
    """Keeps the answer, to be given again; in the transaction of what was done."""
    row.answer = ref
    update_if(row, {}, {"answer": ref})


def forget() -> int:
    """Forgets every key, as acquirers do after a day or so. Answers how many."""
    return Key.objects.all().delete()[0]
