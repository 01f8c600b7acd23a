"""Who may see a case: its customer when signed in, and the browser that came through a mailed link."""

from django.http import Http404, HttpRequest

from mioboe.cases.models import Case
from mioboe.site.ids import heard

SESSION_KEY = "cases"
MOST_REMEMBERED = 20


def let_in(request: HttpRequest, case: Case) -> None:
    """Lets this browser see the case until its session ends."""
    numbers = [number for number in request.session.get(SESSION_KEY, []) if number != case.number]
    request.session[SESSION_KEY] = [*numbers[-MOST_REMEMBERED + 1 :], case.number]


def may_see(request: HttpRequest, case: Case) -> bool:
    """Its customer, signed in, or a browser that was let in."""
    return request.user.pk == case.customer_id or case.number in request.session.get(SESSION_KEY, [])


def own_case(request: HttpRequest, number: str) -> Case:
    """The case, or 404 where this browser may not see it: whether it exists is nobody else's business."""
    case = (
        Case.objects.select_related(
            "customer", "order__card", "order__sign_in__device", "sign_in__device", "about", "detail"
        )
        .filter(number=heard(number))
        .first()
    )
    if case is None or not may_see(request, case):
        raise Http404
    return case
