"""How often something may be done: from a network address, for a mail address, on an account."""

import hashlib
import time

from django.core.cache import cache
from django.db import connection, transaction


def is_within_limit(what: str, whose: str, most: int, in_s: int) -> bool:
    """Counts one more try of `what` and answers whether it is among the first `most` within `in_s` seconds. All processes
    count together. Of `whose` only a digest is kept."""
    window = int(time.time()) // in_s
    key = hashlib.sha256(f"{what}:{whose}:{in_s}:{window}".encode()).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The cache's own `incr` reads and then writes: two at once would count as one.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        tries = int(cache.get(key) or 0) + 1
        cache.set(key, tries, in_s)
    return tries <= most
