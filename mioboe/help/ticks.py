"""What a case page ticks off: the plan's remedies and what is left for the customer, read from what happened."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mioboe.cases.models import Case, Remedy, RemedyState
from mioboe.cases.remedies import MOVES_MONEY, kind, told
from mioboe.cases.remedies.refund import given_back
from mioboe.payments.models import RefundState
from mioboe.trail.models import Entry

# For people a failed remedy is one that we are still at: the agent sees its reason and tries again.
_SHOWN = {
    RemedyState.PLANNED: "waiting",
    RemedyState.RUNNING: "running",
    RemedyState.DONE: "done",
    RemedyState.FAILED: "failed",
}


@dataclass(frozen=True)
class Tick:
    state: str  # waiting, running, done, failed, yours
    words: str | Promise
    at: datetime | None = None
    action: str = ""  # what the customer can do: "password" or "statement"


def ticks(case: Case) -> list[Tick]:
    """One line for each remedy of the plan, then the customer's own."""
    lines = []
    remedies = list(case.remedies.select_related("line").order_by("pk"))
    for remedy in remedies:
        what = kind(remedy.kind)
        is_done = remedy.state == RemedyState.DONE
        words = what.done_words if is_done else what.words
        lines.append(Tick(_SHOWN[RemedyState(remedy.state)], told(remedy, words), remedy.done_at))
        if remedy.kind in MOVES_MONEY and is_done and given_back(remedy):
            lines.append(_money_back(remedy))
    kinds = {remedy.kind for remedy in remedies}
    if "send_reset_link" in kinds:
        at = _since(case, "password.changed", case.customer.ref)
        words = _("You have set a new password") if at else _("Set a new password with the link in our mail")
        lines.append(Tick("done" if at else "yours", words, at, "" if at else "password"))
    if kinds & set(MOVES_MONEY):
        at = _since(case, "statement.checked", case.ref)
        words = _("You have checked your card statement") if at else _("Check your card statement")
        lines.append(Tick("done" if at else "yours", words, at, "" if at else "statement"))
    return lines


def _money_back(remedy: Remedy) -> Tick:
    """Accepted is not yet back: the gateway tells when it has paid out, or that it could not."""
    given = [refund for refund in given_back(remedy) if refund.state != RefundState.FAILED] or given_back(remedy)
    states = {refund.state for refund in given}
    at = max((refund.settled_at for refund in given if refund.settled_at), default=None)
    if states == {RefundState.RELEASED}:
        return Tick("done", _("The amount was only reserved on the card and is released: nothing is charged"), at)
    if states <= {RefundState.SETTLED, RefundState.RELEASED}:
        return Tick("done", _("The money is back: paid out to the card"), at)
    if RefundState.FAILED in states:
        return Tick("failed", _("The money could not be paid out to the card; we look for another way"))
    return Tick("running", _("The money is on its way to the card"))


def _since(case: Case, verb: str, about: str) -> datetime | None:
    return (
        Entry.objects.filter(about__contains=[about], verb=verb, at__gte=case.opened_at)
        .order_by("-at")
        .values_list("at", flat=True)
        .first()
    )
