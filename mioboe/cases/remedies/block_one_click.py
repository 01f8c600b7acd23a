from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.orders import actions
from mioboe.orders.models import OneClick

words = _("Switch 1-click off")
done_words = _("1-click is switched off")
failed_words = _("1-click could not be switched off")
needs = ANY_PROOF


def applies(case: Case) -> bool:
    return OneClick.objects.filter(person=case.customer, is_on=True).exists()


def is_done(remedy: Remedy) -> bool:
    return not applies(remedy.case)


def do(remedy: Remedy) -> None:
    actions.block_one_click(remedy.case.customer)
