"""Writing the ledger: what kinds of movement there are, and which account each debits and credits."""

from moneyed import Money

from mioboe.payments.models import Account, LedgerRow, MovementKind
from mioboe.site.rows import add, together

DEBIT_CREDIT: dict[MovementKind, tuple[Account, Account]] = {
    MovementKind.CAPTURE: (Account.RECEIVABLE, Account.SALES),
    MovementKind.REFUND: (Account.RETURNS, Account.PAYABLE),
    MovementKind.REFUND_SETTLED: (Account.PAYABLE, Account.RECEIVABLE),
    MovementKind.REFUND_FAILED: (Account.PAYABLE, Account.RETURNS),
    MovementKind.REFUND_RETURNED: (Account.RECEIVABLE, Account.RETURNS),
    MovementKind.DISPUTE: (Account.DISPUTED, Account.RECEIVABLE),
    MovementKind.DISPUTE_WON: (Account.RECEIVABLE, Account.DISPUTED),
    MovementKind.DISPUTE_LOST: (Account.CHARGEBACKS, Account.DISPUTED),
}


def post(kind: MovementKind, about: str, amount: Money) -> None:
    """Writes a movement of `amount`, in the transaction of its cause. A second one of that kind about the same thing is
    refused by the database (IntegrityError)."""
    debit, credit = DEBIT_CREDIT[kind]
    movement = f"{about}:{kind}"
    with together():
        for account, signed in ((debit, amount), (credit, -amount)):
            add(LedgerRow(movement=movement, kind=kind, account=account, amount=signed))
