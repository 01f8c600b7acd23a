"""Misbehaving on purpose, as the rules say."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import F

from mioboe.payments.gateways import Declined, Unsure
from mioboe.payments.gateways.till.models import Rule


def next_time(verb: str, what: Rule.What, times: int = 1, seconds: float = 0) -> None:
    """From now on the till misbehaves so, the next `times` times that it is asked for `verb`."""
    Rule.objects.create(verb=verb, what=what, times=times, seconds=seconds)


@contextmanager
def behave(verb: str, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Around whatever the till does when it is asked for `verb`."""
    rule = _rule(verb)
    what = rule.what if rule else ""
    if what == Rule.What.NOT_DONE:
        raise Unsure("the till did not answer in time")
    if what == Rule.What.BROKEN:
        raise Unsure("the till answered 500")
    if what == Rule.What.REFUSES:
        raise Declined("the till refuses")
    if rule and what == Rule.What.SLOW:
        wait(rule.seconds)
    yield
    if what == Rule.What.ANSWER_LOST:
        raise Unsure("the till's answer was lost")


def is_to_fail(verb: str) -> bool:
    """Whether what the till does by itself is to go wrong this time."""
    return _rule(verb) is not None


def _rule(verb: str) -> Rule | None:
    # Hardly ever is there one: asked so, the question costs next to nothing.
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM till_rule WHERE verb = %s AND times > 0 ORDER BY id LIMIT 1", [verb])
        found = cursor.fetchone()
    rule = Rule.objects.filter(pk=found[0]).first() if found else None
    if rule is not None and not Rule.objects.filter(pk=rule.pk, times__gt=0).update(times=F("times") - 1):
        return None
    return rule
