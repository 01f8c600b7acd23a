"""How the shop tells days, hours and places."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mioboe.orders.delivery import english, japanese
from mioboe.orders.models import Category
from mioboe.site.language import is_japanese

register = template.Library()


@register.filter
def day(moment: datetime) -> str:
    """The day of a moment on the viewer's clock, told from today: today, tomorrow, Friday 27 November."""
    local = timezone.localtime(moment)
    today: date = timezone.localdate()
    if local.date() == today:
        return _("today")
    if local.date() == today + timedelta(days=1):
        return _("tomorrow")
    return date_format(local, "n月j日（D）" if is_japanese() else "l j F")


@register.filter
def hours(window: tuple[datetime, datetime]) -> str:
    """18:00–21:00 on the viewer's clock."""
    start, end = (timezone.localtime(moment) for moment in window)
    return f"{start:%H:%M}–{end:%H:%M}"


@register.filter
def at_hour(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%H:%M")


@register.filter
def prefecture(name: str) -> str:
    return japanese(name) if is_japanese() else english(name)


@register.filter
def minutes_seconds(seconds: int) -> str:
    """1:05"""
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.simple_tag(takes_context=True)
def first_shelves(context: dict[str, Any], most: int) -> list[Category]:
    """From left to right. Pages of the shop have asked for them already."""
    known = context.get("categories")
    return list(known)[:most] if known is not None else list(Category.objects.all()[:most])


@register.simple_tag
def is_other_clock() -> bool:
    """Whether the viewer's clock is another than the shop's."""
    now = timezone.now()
    here = timezone.get_default_timezone()
    return timezone.localtime(now).utcoffset() != timezone.localtime(now, here).utcoffset()
