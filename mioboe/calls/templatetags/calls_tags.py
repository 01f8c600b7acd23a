"""What the telephones on pages need to know."""

import json

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def ice_servers() -> str:
    """The STUN and TURN servers of MIOBOE_ICE_SERVERS, as JSON for a data attribute."""
    return json.dumps(settings.MIOBOE_ICE_SERVERS)
