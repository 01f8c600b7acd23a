from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.people.actions import end_all_sessions, live_sessions
from mioboe.signins.actions import revoke_devices

words = _("Sign out everywhere")
done_words = _("Everybody is signed out of the account")
failed_words = _("Signing out everywhere did not work")
needs = ANY_PROOF


def applies(case: Case) -> bool:
    return True


def is_done(remedy: Remedy) -> bool:
    """Asked only about a remedy that was under way: a session begun since is the customer's own business."""
    return live_sessions(remedy.case.customer) == 0


@transaction.atomic
def do(remedy: Remedy) -> None:
    end_all_sessions(remedy.case.customer)
    revoke_devices(remedy.case.customer)
