from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.mails.actions import write_mail
from mioboe.mails.models import Mail
from mioboe.payments import actions as payments
from mioboe.payments.models import Charge, ChargeState, Refund, RefundState

words = _("Refund to the card that paid")
done_words = _("The money is refunded to the card that paid")
failed_words = _("The money could not be refunded")
needs = ANY_PROOF


def _charge(case: Case) -> Charge | None:
    if case.order is None:
        return None
    return (
        Charge.objects.filter(reference=case.order.ref, state=ChargeState.CAPTURED)
        .select_related("card", "person")
        .first()
    )


def applies(case: Case) -> bool:
    charge = _charge(case)
    return charge is not None and charge.refunded < charge.amount


def is_done(remedy: Remedy) -> bool:
    settled = Refund.objects.filter(key=str(remedy.key), state=RefundState.SETTLED).exists()
    return settled and _was_told(remedy)


def _was_told(remedy: Remedy) -> bool:
    return Mail.objects.filter(kind="refund_complete", about__contains=[f"remedy:{remedy.key}"]).exists()


def do(remedy: Remedy) -> None:
    """Refunds what is left of the charge and tells the customer once."""
    charge = _charge(remedy.case)
    if charge is None:
        raise payments.TooMuch(_("Nothing was charged for this order."))
    before = Refund.objects.filter(key=str(remedy.key)).first()
    refund = payments.refund(charge, before.amount if before else charge.amount - charge.refunded, str(remedy.key))
    with transaction.atomic():
        Remedy.objects.select_for_update().get(pk=remedy.pk)
        if not _was_told(remedy):
            write_mail(
                "refund_complete",
                charge.person,
                [remedy.case.ref, charge.reference, charge.ref, f"remedy:{remedy.key}"],
                refund=refund,
                card=charge.card,
                order=remedy.case.order,
                case=remedy.case,
                case_url=settings.MIOBOE_BASE_URL + reverse("help:case", args=[remedy.case.number]),
            )
