from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.people.actions import send_reset_link
from mioboe.trail.actions import record
from mioboe.trail.models import Entry

words = _("Mail a link to set a new password")
done_words = _("A link to set a new password was mailed")
failed_words = _("The link for a new password could not be mailed")
needs = ANY_PROOF


def applies(case: Case) -> bool:
    return True


def is_done(remedy: Remedy) -> bool:
    return Entry.objects.filter(about__contains=[f"remedy:{remedy.key}"], verb="reset_link.sent").exists()


@transaction.atomic
def do(remedy: Remedy) -> None:
    """The mail and the entry that tells of it commit together, so a second run finds it sent."""
    Remedy.objects.select_for_update().get(pk=remedy.pk)
    if not is_done(remedy):
        send_reset_link(remedy.case.customer)
        record(
            "reset_link.sent",
            [remedy.case.ref, remedy.case.customer.ref, f"remedy:{remedy.key}"],
            remedy.case.customer,
        )
