from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from mioboe.api import once
from mioboe.cases.actions import open_case
from mioboe.orders.models import Order
from mioboe.payments.gateways import Declined, Unsure
from mioboe.payments.gateways.stripe.events import handle
from mioboe.payments.models import Dispute, GatewayEvent

MOST_ATTEMPTS = 15
LONGEST_PAUSE_S = 3600


class AskAgain(BaseRetryStrategy):
    """While the gateway is not heard, or an event came before our own row: 1, 2, 4 … seconds, an hour at most."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= MOST_ATTEMPTS or not isinstance(exception, Unsure | Declined):
            return None
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, LONGEST_PAUSE_S)})


@app.task(name="api.handle_gateway_event", retry=AskAgain())
def handle_gateway_event(event_id: int) -> None:
    """Acts upon what a gateway told us; a dispute opens a case about its order. Run twice, it changes nothing more."""
    event = GatewayEvent.objects.get(pk=event_id)
    if event.handled_at is not None:
        return
    dispute = handle(event)
    if dispute is not None:
        _open_case(dispute)
    GatewayEvent.objects.filter(pk=event.pk, handled_at=None).update(handled_at=timezone.now())


def _open_case(dispute: Dispute) -> None:
    charge = dispute.charge
    kind, _, number = charge.reference.partition(":")
    order = Order.objects.filter(number=number).first() if kind == "order" else None
    if order is not None and order.customer_id == charge.person_id:
        open_case(charge.person, order, proof=None)


@app.periodic(cron="41 * * * *")
@app.task(name="api.forget_answers", queueing_lock="api.forget_answers")
def forget_answers(timestamp: int) -> None:
    """Drops answers kept for whoever asks twice."""
    once.forget_answers()
