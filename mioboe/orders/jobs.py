from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from mioboe.orders import actions
from mioboe.orders.models import Cancellation, Order, OrderState
from mioboe.payments.actions import TooMuch
from mioboe.payments.gateways import Unsure


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
