from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mioboe.cases.models import Case, Remedy
from mioboe.cases.remedies import ANY_PROOF
from mioboe.orders.actions import that_can_be_held
from mioboe.orders.models import Order
from mioboe.orders.shops import shop
from mioboe.signins.models import SignIn

words = _("Keep what was not sent yet from leaving")
done_words = _("What was not sent yet is held and does not leave")
failed_words = _("What was not sent yet could not be held")
needs = ANY_PROOF


def orders_in_question(case: Case) -> QuerySet[Order]:
    """The case's order; for a sign-in that was somebody else's, what was bought in its session, and since then on the same device where
    that was unusual."""
    if case.order_id:
        return Order.objects.filter(pk=case.order_id)
    if case.sign_in is None:
        return Order.objects.none()
    sign_in = case.sign_in
    meant = Q(pk=sign_in.pk)
    if sign_in.device_id and not sign_in.is_familiar:
        meant |= Q(device=sign_in.device_id, at__gte=sign_in.at)
    sign_ins = SignIn.objects.filter(meant, person=case.customer_id)
    return Order.objects.filter(customer=case.customer_id, sign_in__in=sign_ins.values("pk"))


def _unheld(case: Case) -> QuerySet[Order]:
    return that_can_be_held(orders_in_question(case)).filter(held_at=None)


def applies(case: Case) -> bool:
    return _unheld(case).exists()


def is_done(remedy: Remedy) -> bool:
    return not applies(remedy.case)


def do(remedy: Remedy) -> None:
    """One that has left meanwhile is no failure: the agent sees where it is, and can have it called back."""
    for number in list(_unheld(remedy.case).values_list("number", flat=True)):
        shop().hold(number, remedy.case.ref, f"{remedy.key}:{number}")
