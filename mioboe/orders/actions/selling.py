"""What sells."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from mioboe.orders.models import OrderState

LATELY = timedelta(days=30)

_COUNT = """
UPDATE orders_product SET sold_lately = counted.pieces
FROM (
  SELECT product.id, coalesce(sum(line.quantity) FILTER (WHERE placed.id IS NOT NULL), 0) AS pieces
  FROM orders_product product
  LEFT JOIN orders_line line ON line.product_id = product.id
  LEFT JOIN orders_order placed ON placed.id = line.order_id AND placed.state = %s AND placed.placed_at > %s
  GROUP BY product.id
) counted
WHERE counted.id = orders_product.id AND counted.pieces <> orders_product.sold_lately
"""


@transaction.atomic
def count_sales() -> int:
    """Counts the pieces of each product in confirmed orders of the last 30 days. Answers how many counts changed; may be
    called any number of times."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [OrderState.CONFIRMED, timezone.now() - LATELY])
        return int(cursor.rowcount)
