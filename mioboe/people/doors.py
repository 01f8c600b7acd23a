"""Who may come in: guards for pages that are not everybody's."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from mioboe.people.models import Person, Role

View = Callable[..., Any]


def agents_only(view: View) -> View:
    """Agents and operators. That nobody handles a case of their own account is the page's to see to."""

    @functools.wraps(view)
    @never_cache
    @login_required
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if not isinstance(request.user, Person) or not request.user.works_here:
            raise PermissionDenied
        return view(request, *arguments, **named)

    return guarded


def operators_only(view: View) -> View:
    """What is not the agents' to see: the shop's money, its keys, its thresholds."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if not isinstance(request.user, Person) or request.user.role != Role.OPERATOR:
            raise PermissionDenied
        return view(request, *arguments, **named)

    return agents_only(guarded)
