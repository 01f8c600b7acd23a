"""How money, times, numbers, addresses and form fields are shown to people."""

import re
from datetime import datetime

import phonenumbers
from babel.numbers import format_currency
from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from moneyed import Money

from mioboe.site import ids
from mioboe.site.language import is_japanese

register = template.Library()


@register.filter
def money(amount: Money) -> str:
    """`￥1,200` in Japanese, `¥1,200` in English."""
    return format_currency(amount.amount, amount.currency.code, locale=(get_language() or "ja").split("-")[0])


@register.filter
def when(moment: datetime | None) -> str | SafeString:
    """A short date and time on the viewer's clock, with the year where it is not this one: 11月24日 23:05."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    is_this_year = local.year == timezone.localtime().year
    if is_japanese():
        form = "n月j日 H:i" if is_this_year else "Y年n月j日 H:i"
    else:
        form = "j M, H:i" if is_this_year else "j M Y, H:i"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), date_format(local, form))


@register.filter
def clock(moment: datetime) -> str:
    """Hours, minutes and seconds on the viewer's clock, for timelines."""
    return timezone.localtime(moment).strftime("%H:%M:%S")


@register.filter
def phone(number: phonenumbers.PhoneNumber | str) -> str:
    """As it is dialled in its own country: 090-1234-5678. What is no number (none is set, say) stays as it is."""
    try:
        parsed = phonenumbers.parse(number) if isinstance(number, str) else number
    except phonenumbers.NumberParseException:
        return str(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


@register.filter
def phone_masked(number: phonenumbers.PhoneNumber | str) -> str:
    """090-••••-5678: enough to know one's own. The first and the last group stay, at most four digits of the last."""
    groups = list(re.finditer(r"\d+", phone(number)))
    first_end = groups[0].end() if len(groups) > 2 else 0
    last_start = max(groups[-1].start(), groups[-1].end() - 4)
    shown = phone(number)
    return shown[:first_end] + re.sub(r"\d", "•", shown[first_end:last_start]) + shown[last_start:]


@register.filter
def mail_masked(address: str) -> str:
    """h•••@customer.example"""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"


@register.filter
def spoken(public_id: str) -> str:
    return ids.spoken(public_id)


_SUBJECT_ICONS = {
    "order": "bag",
    "charge": "credit-card",
    "refund": "arrow-counterclockwise",
    "access": "play-btn",
    "parcel": "box-seam",
    "mail": "envelope",
    "sign_in": "box-arrow-in-right",
    "device": "phone",
    "devices": "phone",
    "session": "box-arrow-right",
    "sessions": "box-arrow-right",
    "password": "key",
    "reset_link": "key",
    "one_click": "slash-circle",
    "case": "chat-square-text",
    "remedy": "check2-circle",
    "callback": "telephone",
    "statement": "receipt",
    "person": "person",
}


@register.filter
def verb_icon(verb: str) -> str:
    """The picture of a timeline entry, by the first part of its verb: `order.placed` gets a bag."""
    return _SUBJECT_ICONS.get(verb.split(".")[0], "dot")


_STATE_TONES = {
    "available": "success",
    "resolved": "success",
    "open": "info",
    "resolving": "info",
    "busy": "info",
    "wrapping_up": "warning",
    "failed": "danger",
}


@register.filter
def tone(state: str) -> str:
    """The tone of a state's badge: the same state looks the same on every page."""
    return _STATE_TONES.get(state, "quiet")


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's control in our look; Django itself ties help and errors to it (aria-describedby, aria-invalid)."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        kind = "form-check-input"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    elif isinstance(widget, Select):
        kind = "form-select"
    else:
        kind = "form-control"
    own = str(widget.attrs.get("class", ""))
    wrong = "is-invalid" if field.errors else ""
    attributes: dict[str, str | bool] = {"class": " ".join(filter(None, [kind, own, wrong]))}
    if str(widget.attrs.get("placeholder", "")).startswith(str(field.label)):
        attributes["placeholder"] = False  # it would only say the label again
    return field.as_widget(attrs=attributes)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choice_list(field: BoundField) -> bool:
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)
