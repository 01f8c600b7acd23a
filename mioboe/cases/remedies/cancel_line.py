"""Cancels pieces of one line of an order and gives their money back; the rest of the order stays."""

from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy, RemedyLine, RemedyState
from mioboe.cases.remedies import ANY_PROOF
from mioboe.cases.remedies.refund import charges_of, given_back
from mioboe.orders.shops import Answer, ShopLine, shop
from mioboe.payments import actions as payments
from mioboe.payments.models import RefundState

words = _("Cancel an item")
done_words = _("An item of the order is cancelled")
failed_words = _("An item of the order could not be cancelled")
needs = ANY_PROOF


class CannotCancel(Exception):
    """The pieces are cancelled already, or have left the house."""


def applies(case: Case) -> bool:
    return bool(cancellable(case))


def cancellable(case: Case) -> dict[str, tuple[ShopLine, int]]:
    """The order's lines that can be cancelled in part or wholly, by the shop's id, each with the pieces that are left of it
    and not in the plan yet. The shop is asked: not inside a transaction."""
    order = shop().find(case.order.number) if case.order else None
    if order is None or not order.can_be_cancelled:
        return {}
    planned = pieces_planned(case)
    left = {line.id: (line, line.quantity - line.cancelled - planned.get(line.id, 0)) for line in order.lines}
    return {line: (told, pieces) for line, (told, pieces) in left.items() if pieces > 0}


def pieces_planned(case: Case) -> dict[str, int]:
    """By line, what the plan is still to cancel."""
    waiting = RemedyLine.objects.filter(remedy__case=case, remedy__state__in=[RemedyState.PLANNED, RemedyState.RUNNING])
    pieces: dict[str, int] = {}
    for one in waiting:
        pieces[one.line] = pieces.get(one.line, 0) + one.pieces
    return pieces


def is_done(remedy: Remedy) -> bool:
    """The gateway has accepted what is due for the pieces, or all that is left of the charge. Money goes back only after
    the shop has cancelled. Where nothing was left to give back it is not done: asked again, the shop answers the same."""
    tries = [refund for refund in given_back(remedy) if refund.state != RefundState.FAILED]
    if not tries or not all(refund.is_accepted for refund in tries):
        return False
    is_all = sum((refund.amount for refund in tries[1:]), tries[0].amount) >= remedy.line.amount
    return is_all or not any(charge.left.amount > 0 for charge in charges_of(remedy.case))


def do(remedy: Remedy) -> None:
    order, line, key = remedy.case.order, remedy.line, str(remedy.key)
    if order is None or shop().cancel_lines(order.number, {line.line: line.pieces}, key) != Answer.DONE:
        raise CannotCancel(_("This item cannot be cancelled any more."))
    if line.is_digital and shop().revoke_access(order.number, key, [line.line]) != Answer.DONE:
        raise CannotCancel(_("The film could not be withdrawn."))
    _give_back(remedy)


def _give_back(remedy: Remedy) -> None:
    """First what was begun and not heard of, then what is still due; never more than is left of the order's charges."""
    tries = given_back(remedy)
    due = remedy.line.amount
    for begun in tries:
        if begun.state != RefundState.FAILED:
            payments.give_back(begun.charge, begun.amount, begun.key)
            due -= begun.amount
    for charge in charges_of(remedy.case):
        amount = min(due, charge.left)
        if amount.amount > 0:
            # A try that was refused for good is never repeated with its key: the next has one of its own.
            number = 1 + sum(begun.charge_id == charge.pk for begun in tries)
            payments.give_back(charge, amount, f"{remedy.key}:{charge.number}:{number}")
            due -= amount
