from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.orders import actions
from mioboe.orders.models import Access, AccessState

words = _("Withdraw the film")
done_words = _("The film can no longer be watched")
failed_words = _("The film could not be withdrawn")
needs = ANY_PROOF


def applies(case: Case) -> bool:
    return case.order is not None and Access.objects.filter(line__order=case.order, state=AccessState.GRANTED).exists()


def is_done(remedy: Remedy) -> bool:
    return not applies(remedy.case)


def do(remedy: Remedy) -> None:
    if remedy.case.order:
        actions.revoke_access(remedy.case.order)
