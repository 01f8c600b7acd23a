from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.orders.actions import cancel_order
from mioboe.orders.models import OrderState

words = _("Cancel the order")
done_words = _("The order is cancelled")
failed_words = _("The order could not be cancelled")
needs = ANY_PROOF


class CannotCancel(Exception):
    """The order is in a state from which it cannot be cancelled."""


def applies(case: Case) -> bool:
    return case.order is not None and case.order.state == OrderState.CONFIRMED


def is_done(remedy: Remedy) -> bool:
    order = remedy.case.order
    return order is not None and order.state == OrderState.CANCELLED


def do(remedy: Remedy) -> None:
    order = remedy.case.order
    if order is None or not cancel_order(order):
        raise CannotCancel(_("The order cannot be cancelled any more."))
