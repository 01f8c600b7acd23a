from django.db import transaction
from django.utils import timezone
from moneyed import JPY, Money

from mioboe.payments.models import Charge, ChargeState, Refund, RefundState
from mioboe.people.models import Person
from mioboe.site.live import announce
from mioboe.statements.issuers import read_statement
from mioboe.statements.matching import Moved, match
from mioboe.statements.models import Outcome, StatementCheck, StatementLine
from mioboe.trail.actions import record

LONGEST_MERCHANT = 100


@transaction.atomic
def check_statement(person: Person, data: bytes, about: str = "") -> StatementCheck:
    """Reads an issuer's CSV in memory and matches it against the person's charges and refunds. `about` is the case it was
    looked at for. Each call is a check of its own. Raises Unreadable, and keeps nothing then."""
    statement = read_statement(data)
    charges = Charge.objects.filter(person=person, state=ChargeState.CAPTURED)
    refunds = Refund.objects.filter(charge__person=person, state=RefundState.SETTLED)
    moved = [
        Moved(charge.pk, timezone.localdate(charge.captured_at), int(charge.captured.amount)) for charge in charges
    ] + [Moved(refund.pk, timezone.localdate(refund.settled_at), -int(refund.amount.amount)) for refund in refunds]
    matches, missing = match(statement.lines, moved)
    check = StatementCheck.objects.create(
        person=person,
        issuer=statement.issuer,
        line_count=len(statement.lines),
        missing_refunds=sum(movement.yen < 0 for movement in missing),
    )
    for each in matches:
        is_refund = each.moved is not None and each.moved.yen < 0
        StatementLine.objects.create(
            check_of=check,
            date=each.line.date,
            merchant=each.line.merchant[:LONGEST_MERCHANT],
            amount=Money(each.line.yen, JPY),
            outcome=Outcome.UNKNOWN if each.moved is None else Outcome.REFUND if is_refund else Outcome.CHARGE,
            charge_id=each.moved.key if each.moved and not is_refund else None,
            refund_id=each.moved.key if each.moved and is_refund else None,
        )
    record("statement.checked", [person.ref, *([about] if about else [])], person, lines=len(statement.lines))
    if about:
        announce(about)
    return check
