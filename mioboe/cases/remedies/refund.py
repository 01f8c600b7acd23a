from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.payments import actions as payments
from mioboe.payments.models import Charge, ChargeState, Refund, RefundState

words = _("Refund to the card that paid")
done_words = _("The refund is accepted and on its way to the card that paid")
failed_words = _("The money could not be refunded")
needs = ANY_PROOF

_HOLDS_MONEY = (ChargeState.AUTHORISED, ChargeState.CAPTURED)


def applies(case: Case) -> bool:
    return any(charge.left.amount > 0 for charge in charges_of(case))


def charges_of(case: Case) -> list[Charge]:
    """The charges of the case's order that hold money, reserved or taken."""
    if case.order is None:
        return []
    charges = Charge.objects.filter(reference=case.order.ref, state__in=_HOLDS_MONEY)
    return list(charges.select_related("card", "person").order_by("pk"))


def given_back(remedy: Remedy) -> list[Refund]:
    """What this remedy has given back or is about to, the failed tries too."""
    return list(Refund.objects.filter(key__startswith=f"{remedy.key}").select_related("charge").order_by("pk"))


def is_done(remedy: Remedy) -> bool:
    """The gateway has accepted it; when the money has arrived is told by the refund itself."""
    tries = [refund for refund in given_back(remedy) if refund.state != RefundState.FAILED]
    return bool(tries) and all(refund.is_accepted for refund in tries) and not applies(remedy.case)


def do(remedy: Remedy) -> None:
    """Gives back what is left of the order's charges: first what was begun and not heard of, then what remains."""
    tries = given_back(remedy)
    for begun in tries:
        if begun.state != RefundState.FAILED:
            payments.give_back(begun.charge, begun.amount, begun.key)
    for charge in charges_of(remedy.case):
        if charge.left.amount > 0:
            # A try that was refused for good is never repeated with its key: the next has one of its own.
            refused = sum(begun.state == RefundState.FAILED for begun in tries if begun.charge_id == charge.pk)
            payments.give_back(charge, charge.left, f"{remedy.key}:{charge.number}:{refused + 1}")
    if not is_done(remedy):
        raise payments.TooMuch(_("Nothing of this order’s charge is left to give back."))
