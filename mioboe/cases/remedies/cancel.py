from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.orders.shops import Answer, ShopOrder, ShopState, shop

words = _("Cancel the order")
done_words = _("The order is cancelled")
failed_words = _("The order could not be cancelled")
needs = ANY_PROOF


class CannotCancel(Exception):
    """The order is in a state from which it cannot be cancelled, or its parcel has left."""


def _order(case: Case) -> ShopOrder | None:
    return shop().find(case.order.number) if case.order else None


def applies(case: Case) -> bool:
    order = _order(case)
    return order is not None and order.can_be_cancelled


def is_done(remedy: Remedy) -> bool:
    order = _order(remedy.case)
    return order is not None and order.state == ShopState.CANCELLED


def do(remedy: Remedy) -> None:
    order = remedy.case.order
    if order is None or shop().cancel(order.number, str(remedy.key)) != Answer.DONE:
        raise CannotCancel(_("The order cannot be cancelled any more."))
