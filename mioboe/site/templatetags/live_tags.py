"""`<main data-live="{% live_token case.ref %}">`: see static/site/live.js for what a page does with it."""

from typing import Any

from django import template

from mioboe.site.live import token

register = template.Library()


@register.simple_tag(takes_context=True)
def live_token(context: dict[str, Any], *topics: str, speak: str = "") -> str:
    """The right to hear these topics, and to hear and speak on `speak`, for 12 hours; for somebody who is signed in: no
    longer than the session lasts."""
    request = context.get("request")
    person = getattr(request, "user", None)
    key = request.session.session_key if request is not None and person and person.is_authenticated else ""
    return token(topics, [speak] if speak else [], key)
