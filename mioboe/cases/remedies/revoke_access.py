from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.orders.shops import Answer, shop

words = _("Withdraw the film")
done_words = _("The film can no longer be watched")
failed_words = _("The film could not be withdrawn")
needs = ANY_PROOF


class CannotRevoke(Exception):
    """The shop does not know the order."""


def applies(case: Case) -> bool:
    order = shop().find(case.order.number) if case.order else None
    return order is not None and any(line.can_be_used for line in order.lines)


def is_done(remedy: Remedy) -> bool:
    return not applies(remedy.case)


def do(remedy: Remedy) -> None:
    order = remedy.case.order
    if order is None or shop().revoke_access(order.number, str(remedy.key)) != Answer.DONE:
        raise CannotRevoke(_("The film could not be withdrawn."))
