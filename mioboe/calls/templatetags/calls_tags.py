"""What the telephones on pages need to know."""

import json
from datetime import datetime

import phonenumbers
from django import template
from django.conf import settings

from mioboe.calls import opening_words
from mioboe.calls.numbers import as_dialled

register = template.Library()


@register.simple_tag
def ice_servers() -> str:
    """The STUN and TURN servers of MIOBOE_ICE_SERVERS, as JSON for a data attribute."""
    return json.dumps(settings.MIOBOE_ICE_SERVERS)


@register.simple_tag
def opening_hours() -> str:
    """Whether we call now, and else when again, on the viewer's clock."""
    return opening_words.hours_words()


@register.filter
def clocks(moment: datetime) -> str:
    """A time of a call on the viewer's clock and, where it differs, the shop's."""
    return opening_words.clocks(moment)


@register.filter
def dialled(number: phonenumbers.PhoneNumber) -> str:
    """+81 90-1234-5678"""
    return as_dialled(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
