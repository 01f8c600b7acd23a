"""Who was in the account, at the desk: the whole sign-in history of a case's customer, and letting held orders go."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mioboe.cases import actions as cases
from mioboe.cases.remedies.hold_orders import orders_in_question
from mioboe.desk.views import agents_only, case_of
from mioboe.orders.sign_ins import history_of
from mioboe.site.ids import heard
from mioboe.trail.actions import record


@require_safe
@agents_only
def sign_ins(request: HttpRequest, number: str) -> HttpResponse:
    case = case_of(request, number)
    record("sign_ins.viewed", [case.ref, case.customer.ref], case.customer)
    context = {"case": case, "customer": case.customer} | history_of(case.customer, request.GET, at_desk=True)
    return render(request, "desk/sign_ins.html", context)


@require_POST
@agents_only
def release(request: HttpRequest, number: str, order: str) -> HttpResponse:
    """The customer did order it after all: it may be packed and leave."""
    case = case_of(request, number)
    found = get_object_or_404(orders_in_question(case).select_related("customer"), number=heard(order))
    try:
        cases.release_order(case, found)
    except cases.NotProven:
        messages.error(request, _("The customer has not confirmed enough for this."))
    else:
        messages.success(request, _("The order goes its way again."))
    return redirect("desk:case", case.number)
