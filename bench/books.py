"""After bench/one_click: whether every purchase that was answered is in the books, paid once, and the stock adds up."""

import psycopg

from bench.sides import STOCK, Side

# Each must be the number of purchases that were answered.
OURS = {
    "orders confirmed": "SELECT count(*) FROM orders_order WHERE state = 'confirmed'",
    "orders": "SELECT count(*) FROM orders_order",
    "orders reserved or paid once": "SELECT count(DISTINCT reference) FROM payments_charge"
    " WHERE state IN ('captured', 'authorised')",
    "charges": "SELECT count(*) FROM payments_charge",
    "payments in the till's books": "SELECT count(*) FROM till_payment",
    "accesses and parcels": "SELECT (SELECT count(*) FROM orders_access) + (SELECT count(*) FROM orders_parcel)",
    "mails waiting": "SELECT count(*) FROM mails_mail WHERE kind = 'order_confirmed' AND state = 'queued'",
    "jobs to send them": "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'mails.send_mail'"
    " AND args->>'mail_id' IN (SELECT id::text FROM mails_mail WHERE kind = 'order_confirmed')",
}
OURS_STOCK = f"SELECT coalesce(sum({STOCK} - stock), 0) FROM orders_product WHERE stock IS NOT NULL"
# Captured charges without a movement of two rows that sum to zero.
OURS_UNBALANCED = (
    "SELECT (SELECT count(*) FROM payments_charge WHERE state = 'captured') - (SELECT count(*) FROM"
    " (SELECT 1 FROM payments_ledgerrow GROUP BY movement HAVING count(*) = 2 AND sum(amount) = 0) AS balanced)"
)
OSCAR = {
    "orders": "SELECT count(*) FROM order_order",
    "lines": "SELECT count(*) FROM order_line",
    "orders paid once": "SELECT count(DISTINCT order_id) FROM payment_source s JOIN order_order o ON o.id = s.order_id"
    " WHERE s.amount_debited = o.total_incl_tax",
    "transactions": "SELECT count(*) FROM payment_transaction WHERE txn_type = 'Debit'",
    "captures in the acquirer's books": "SELECT count(*) FROM peer_capture",
    "mails kept": "SELECT count(*) FROM communication_email",
    "mails waiting": "SELECT count(*) FROM peer_waiting",
}
OSCAR_STOCK = "SELECT coalesce(sum(num_allocated), 0) FROM partner_stockrecord"


def report_books(sides: list[Side]) -> int:
    """Prints what the books say; answers the exit status."""
    print("\nAfterwards, in SQL:")
    return int(False in [_agree(side) for side in sides])


def _agree(side: Side) -> bool:
    books, stock = (OURS, OURS_STOCK) if side.name == "ours" else (OSCAR, OSCAR_STOCK)
    with psycopg.connect(side.database_url) as connection:

        def number(query: str) -> int:
            row = connection.execute(query.encode()).fetchone()
            assert row is not None
            return int(row[0])

        found = {name: number(query) for name, query in books.items()}
        sold = number(stock)
        unbalanced = number(OURS_UNBALANCED) if side.name == "ours" else 0
    agree = set(found.values()) == {side.bought} and sold == side.bought_goods and not unbalanced
    print(f"  {side.name}: {side.bought} purchases answered, {side.bought_goods} of them of goods; stock taken {sold}")
    if agree:
        print(f"    agrees: as many {', '.join(found)}" + ("; the ledger balances" if side.name == "ours" else ""))
    else:
        print(f"    DIFFERS: {found}, captures without a balanced movement: {unbalanced}")
    return agree
