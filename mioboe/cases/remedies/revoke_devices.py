from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.signins.actions import revoke_devices
from mioboe.signins.models import Device

words = _("Forget every device of the account")
done_words = _("Every device is forgotten: whoever signs in has to show who it is")
failed_words = _("The devices could not be forgotten")
needs = ANY_PROOF


def applies(case: Case) -> bool:
    return Device.objects.filter(person=case.customer_id, revoked_at__isnull=True).exists()


def is_done(remedy: Remedy) -> bool:
    return not applies(remedy.case)


def do(remedy: Remedy) -> None:
    revoke_devices(remedy.case.customer)
