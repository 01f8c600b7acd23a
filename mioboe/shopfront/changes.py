"""What changed since the page was shown, in words."""

from datetime import datetime

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from moneyed import Money

from mioboe.orders.refusals import Change
from mioboe.site.templatetags.site_tags import money, when


def in_words(change: Change) -> str:
    title, was, now = change.product.title, _shown(change.was), _shown(change.now)
    if change.what == "price":
        return _("{title}: the price was {was}, now it is {now}.").format(title=title, was=was, now=now)
    if change.what == "promise":
        if change.now is None:
            return _("{title}: we cannot promise a day of delivery any more.").format(title=title)
        return _("{title}: it arrives by {now}.").format(title=title, now=now)
    if change.what == "left":
        if not change.now:
            return _("{title} is sold out.").format(title=title)
        left = change.now if isinstance(change.now, int) else 0
        words = ngettext("{title}: only {now} is left.", "{title}: only {now} are left.", left)
        return words.format(title=title, now=now)
    if change.what == "quantity":
        return _("{title}: {was} pieces became {now}.").format(title=title, was=was, now=now)
    if change.what == "new":
        return _("{title} is in the cart now.").format(title=title)
    return _("{title} is not in the cart any more.").format(title=title)


def _shown(value: Money | datetime | int | None) -> str:
    if isinstance(value, Money):
        return money(value)
    return date_and_time(value) if isinstance(value, datetime) else str(value)


def date_and_time(moment: datetime) -> str:
    """As `when`, without its mark-up."""
    return strip_tags(when(moment))
