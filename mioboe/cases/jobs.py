import structlog
from django.db import InterfaceError, OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from mioboe.cases import actions
from mioboe.cases.models import Case, RemedyState
from mioboe.cases.remedies import kind
from mioboe.payments.gateways import Unsure

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 10
LONGEST_PAUSE_S = 300
NOT_HEARD = (Unsure, OperationalError, InterfaceError)


class AskAgain(BaseRetryStrategy):
    """While the outside or PostgreSQL is not heard: 1, 2, 4 … seconds, five minutes at most."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= MOST_ATTEMPTS or not isinstance(exception, NOT_HEARD):
            return None
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, LONGEST_PAUSE_S)})


@app.task(name="cases.walk_plan", retry=AskAgain())
def walk_plan(case_id: int) -> None:
    """Carries a case's plan out, remedy by remedy. Killed anywhere and run again it goes on where it was: a remedy under
    way is asked whether it is done before it is done again, with the same key. One that fails is put aside with its reason
    and the rest goes on."""
    case = Case.objects.select_related("customer", "order").get(pk=case_id)
    unsure: Unsure | None = None
    for remedy in case.remedies.filter(state__in=[RemedyState.PLANNED, RemedyState.RUNNING]).order_by("pk"):
        was_under_way = remedy.state == RemedyState.RUNNING
        if not actions.start(remedy):
            continue
        if remedy.case.order:
            remedy.case.order.refresh_from_db()
        what = kind(remedy.kind)
        try:
            if not (was_under_way and what.is_done(remedy)):
                what.do(remedy)
        except Unsure as not_heard:
            unsure = not_heard
            continue
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("remedy_failed", remedy=str(remedy.key), kind=remedy.kind)
            actions.note_failed(remedy, str(error) or type(error).__name__)
            continue
        actions.note_done(remedy)
    if unsure:
        raise unsure
    actions.note_resolved(case)
