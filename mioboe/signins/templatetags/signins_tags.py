from django import template
from django.utils.translation import gettext as _

from mioboe.signins.models import Device, SignIn
from mioboe.signins.places import place_words

register = template.Library()


@register.filter
def place(seen: SignIn | Device) -> str:
    """About where a sign-in or device was, in the reader's language."""
    return place_words(seen.country, seen.prefecture)


@register.filter
def device_name(device: Device | None) -> str:
    """As people name it: "Mobile Safari (iPhone)"."""
    if device is None or not (device.browser or device.system):
        return _("unknown device")
    return f"{device.browser} ({device.system})" if device.system else device.browser
