"""Having somebody called: what may come of it, for the three pages that ask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from mioboe.calls import actions
from mioboe.calls.limits import OverLimit
from mioboe.calls.models import Callback
from mioboe.cases.models import Case
from mioboe.help.calling import CallForm, Wish

# In the session: which number this browser had called for which case, so that it is shown as it was typed.
DIALLED_KEY = "dialled"
MOST_DIALLED = 20


@dataclass(frozen=True)
class Asked:
    """Either the callback, or the limit that was met, or neither: then the form says what is wrong."""

    callback: Callback | None = None
    over: OverLimit | None = None


def ask_for_call(request: HttpRequest, case: Case, wish: Wish, form: CallForm) -> Asked:
    """Has the customer called. Asked again while a call is under way it answers that one."""

    def ask() -> Callback:
        return actions.request_callback(
            case,
            wish.number,
            wish.language,
            about=case.about_id or "",
            due_at=wish.due_at,
            address=str(request.META["REMOTE_ADDR"]),
        )

    return _asked(request, case, wish, form, ask)


def change_call(request: HttpRequest, callback: Callback, wish: Wish, form: CallForm, due_at: datetime | None) -> Asked:
    """Another number or time for a call that waits. Raises calls.actions.TooLate."""

    def change() -> Callback:
        return actions.change_callback(
            callback,
            number=wish.number or None,
            due_at=due_at,
            address=str(request.META["REMOTE_ADDR"]),
        )

    return _asked(request, callback.case, wish, form, change)


def _asked(request: HttpRequest, case: Case, wish: Wish, form: CallForm, ask: Callable[[], Callback]) -> Asked:
    try:
        callback = ask()
    except actions.AlreadyWaiting:
        form.problem = _("A call to this number is under way already. Please use another number or wait for it.")
        return Asked()
    except OverLimit as over:
        return Asked(over=over)
    except ValueError:
        form.time_problem = _("We do not call at that time. Please choose another one.")
        return Asked()
    if wish.is_typed and wish.number:
        _remember_dialled(request, case, wish.number)
    return Asked(callback)


def _remember_dialled(request: HttpRequest, case: Case, number: str) -> None:
    """Whoever typed the number sees it as it is dialled; everybody else sees its ends."""
    known = {name: told for name, told in request.session.get(DIALLED_KEY, {}).items() if name != case.number}
    request.session[DIALLED_KEY] = dict([*known.items(), (case.number, number)][-MOST_DIALLED:])


def was_typed_here(request: HttpRequest, callback: Callback) -> bool:
    """Whether this browser typed the number that is called."""
    return bool(request.session.get(DIALLED_KEY, {}).get(callback.case.number) == callback.number.as_e164)
