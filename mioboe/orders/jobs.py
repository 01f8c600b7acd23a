from contextlib import suppress

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from mioboe.orders import actions
from mioboe.orders.models import Cancellation, Order, OrderState
from mioboe.payments.actions import TooMuch
from mioboe.payments.gateways import Unsure


@app.periodic(cron="17 3 * * *")
@app.task(name="orders.forget_old_carts", queueing_lock="orders.forget_old_carts")
def forget_old_carts(timestamp: int) -> None:
    """Every night: visitors' carts that nobody came back to."""
    actions.forget_old_carts()


@app.periodic(cron="* * * * * */10")
@app.task(name="orders.look_again", queueing_lock="orders.look_again")
def look_again(timestamp: int) -> None:
    """Finds the orders that wait for their payment and whose buyers do not, and has each seen through, once at a time."""
    for order_id in actions.orders_left_over():
        through = see_order_through.configure(queueing_lock=f"orders.see_order_through:{order_id}")
        # One that is in the queue, perhaps between two attempts, is enough.
        with suppress(AlreadyEnqueued), transaction.atomic():
            through.defer(order_id=order_id)


@app.periodic(cron="* * * * * */15")
@app.task(name="orders.lapse_approvals", queueing_lock="orders.lapse_approvals")
def lapse_approvals(timestamp: int) -> None:
    """Looks for what nobody has approved in time, so that no order has a timer of its own to lose."""
    actions.lapse_approvals()


@app.task(name="orders.see_order_through", retry=RetryStrategy(max_attempts=20, exponential_wait=2))
def see_order_through(order_id: int) -> None:
    """Finishes an order whose buyer's request died or whose payment was not heard of."""
    order = Order.objects.select_related("customer").get(pk=order_id)
    if order.state == OrderState.PLACED:
        actions.finish_order(order)


@app.task(
    name="orders.give_back",
    retry=RetryStrategy(max_attempts=20, exponential_wait=2, retry_exceptions=[Unsure, TooMuch]),
)
def give_back(cancellation_id: int) -> None:
    """Gives the money of what was cancelled back."""
    actions.give_back(Cancellation.objects.select_related("order__customer").get(pk=cancellation_id))


@app.periodic(cron="40 18 * * *")  # 3:40 in Japan, when the fewest buy
@app.task(name="orders.count_sales", queueing_lock="orders.count_sales")
def count_sales(timestamp: int) -> None:
    """Counts what sells, for the shelf of popular goods and for the order of search results."""
    actions.count_sales()
