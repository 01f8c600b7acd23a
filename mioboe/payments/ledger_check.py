"""Proving the ledger: against itself, against charges, refunds and disputes, and against the till's own books."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

# Each question answers what differs, as (what, how much more the first has than the second); nothing where all is well.
_UNBALANCED = """
SELECT 'movement ' || movement || ' (' || amount_currency || ') does not sum to zero', sum(amount)
FROM payments_ledgerrow GROUP BY movement, amount_currency HAVING sum(amount) <> 0
"""
_EXPECTED = """
WITH expected (movement, account, amount, currency) AS (
    SELECT 'charge:' || number || ':capture', side.account, side.sign * captured, amount_currency
    FROM payments_charge, (VALUES ('receivable_gateway', 1), ('sales', -1)) AS side (account, sign)
    WHERE state = 'captured'
  UNION ALL
    SELECT 'refund:' || id || ':' || side.kind, side.account, side.sign * amount, amount_currency
    FROM payments_refund, (VALUES
        ('refund', 'sales_returns', 1), ('refund', 'refunds_payable', -1),
        ('refund_settled', 'refunds_payable', 1), ('refund_settled', 'receivable_gateway', -1),
        ('refund_failed', 'refunds_payable', 1), ('refund_failed', 'sales_returns', -1),
        ('refund_returned', 'receivable_gateway', 1), ('refund_returned', 'sales_returns', -1)
    ) AS side (kind, account, sign)
    WHERE CASE side.kind
        WHEN 'refund' THEN accepted_at IS NOT NULL AND state <> 'released'
        WHEN 'refund_settled' THEN settled_at IS NOT NULL AND state <> 'released'
        WHEN 'refund_failed' THEN state = 'failed' AND accepted_at IS NOT NULL AND settled_at IS NULL
        ELSE state = 'failed' AND settled_at IS NOT NULL END
  UNION ALL
    SELECT 'dispute:' || id || ':' || side.kind, side.account, side.sign * amount, amount_currency
    FROM payments_dispute, (VALUES
        ('dispute', 'disputed', 1), ('dispute', 'receivable_gateway', -1),
        ('dispute_won', 'receivable_gateway', 1), ('dispute_won', 'disputed', -1),
        ('dispute_lost', 'chargeback_losses', 1), ('dispute_lost', 'disputed', -1)
    ) AS side (kind, account, sign)
    WHERE withheld_at IS NOT NULL AND (side.kind = 'dispute' OR side.kind = 'dispute_' || state)
)
SELECT coalesce(ledger.movement, expected.movement) || ' in ' || coalesce(ledger.account, expected.account),
    coalesce(ledger.amount, 0) - coalesce(expected.amount, 0)
FROM payments_ledgerrow ledger FULL JOIN expected
    ON (ledger.movement, ledger.account, ledger.amount_currency)
     = (expected.movement, expected.account, expected.currency)
WHERE coalesce(ledger.amount, 0) <> coalesce(expected.amount, 0)
"""
_REFUNDED = """
SELECT 'charge:' || number || ' refunded', refunded - coalesce(sum(refund.amount), 0)
FROM payments_charge charge LEFT JOIN payments_refund refund
    ON refund.charge_id = charge.id AND refund.state IN ('asked', 'pending', 'settled')
GROUP BY charge.id HAVING refunded <> coalesce(sum(refund.amount), 0)
"""
# A charge or refund that is still asked for may have been done there without our having heard of it: no difference yet.
_TILL = """
SELECT 'charge:' || number || ' against the till’s book', charge.captured - coalesce(payment.captured, 0)
FROM payments_charge charge LEFT JOIN till_payment payment ON payment.ref = charge.gateway_ref
WHERE charge.captured <> coalesce(payment.captured, 0) AND charge.to_capture <= charge.captured
UNION ALL
SELECT 'till ' || payment.ref || ' is not in our books', -payment.captured
FROM till_payment payment LEFT JOIN payments_charge charge ON charge.key = payment.key
WHERE payment.captured > 0 AND (charge.id IS NULL OR charge.gateway_ref NOT IN ('', payment.ref))
UNION ALL
SELECT 'refund:' || refund.id || ' against the till’s book', refund.amount - coalesce(given.amount, 0)
FROM payments_refund refund LEFT JOIN till_return given ON given.ref = refund.gateway_ref
WHERE refund.state IN ('pending', 'settled')
    AND (refund.amount <> coalesce(given.amount, 0) OR given.state = 'failed' AND refund.state = 'settled')
UNION ALL
SELECT 'till ' || given.ref || ' is not in our books', -given.amount
FROM till_return given LEFT JOIN payments_refund refund ON refund.key = given.key
WHERE refund.id IS NULL OR refund.gateway_ref NOT IN ('', given.ref)
"""


def differences() -> Iterator[str]:
    """What differs, one line each."""
    with connection.cursor() as cursor:
        # One statement sees one moment, whatever moves meanwhile.
        questions = [_UNBALANCED, _EXPECTED, _REFUNDED, *([_TILL] if settings.MIOBOE_GATEWAY == "till" else [])]
        cursor.execute(" UNION ALL ".join(f"({question})" for question in questions))
        for what, amount in cursor.fetchall():
            yield f"{what}: {int(amount):+}"


def movements() -> int:
    """How many movements the ledger has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT movement) FROM payments_ledgerrow")
        return int(cursor.fetchone()[0])
