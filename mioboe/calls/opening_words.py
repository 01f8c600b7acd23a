"""Opening hours and times of calls as people read them: on the viewer's clock, with the shop's beside it where that shows another time."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mioboe.calls.opening import opening, shop_zone
from mioboe.site.language import is_japanese


def hours_words() -> str:
    """As the foot of every page says it: "open 24 hours", "open until 18:00", "closed; open again tomorrow 9:00"."""
    hours, now = opening(), timezone.now()
    if hours.is_always:
        return _("open 24 hours")
    if hours.is_open(now):
        closes = hours.closes(now)
        return _("open until %(time)s") % {"time": clocks(closes)} if closes else _("open now")
    opens = hours.next_open(now)
    return _("closed; open again: %(time)s") % {"time": clocks(opens)} if opens else _("closed")


def clocks(moment: datetime) -> str:
    """A time with its day where that is not today."""
    local = timezone.localtime(moment)
    words = f"{local:%H:%M}"
    if local.date() != timezone.localdate():
        words = _("%(day)s %(time)s") % {"day": day_words(local.date()), "time": words}
    return with_shops_clock(local, words)


def with_shops_clock(local: datetime, words: str) -> str:
    """The words for a time on the viewer's clock, with the shop's time behind where that is another."""
    there = local.astimezone(shop_zone())
    if there.utcoffset() == local.utcoffset():
        return words
    return _("%(here)s (%(there)s at the shop)") % {"here": words, "there": f"{there:%H:%M}"}


def day_words(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    return date_format(day, "n月j日（D）" if is_japanese() else "D j M")
