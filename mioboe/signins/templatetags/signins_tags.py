from django import template

from mioboe.signins.models import Device, SignIn
from mioboe.signins.networks import network_name
from mioboe.signins.places import Place, place_words
from mioboe.signins.words import device_words, first_step_words, reason_words, second_step_words

register = template.Library()


@register.filter
def place(seen: SignIn | Device | Place) -> str:
    """About where a sign-in or device was, in the reader's language."""
    return place_words(seen.country, seen.prefecture)


@register.filter
def device_name(device: Device | None) -> str:
    """As its owner calls it, else as people do: "Safari on an iPhone"."""
    return device_words(device)


@register.filter
def network(asn: int | None) -> str:
    """Whose network: the operator's name; "" where not known."""
    return network_name(asn)


@register.filter
def how(sign_in: SignIn) -> str:
    """By what somebody signed in."""
    return first_step_words(sign_in.method)


@register.filter
def second_step(sign_in: SignIn) -> str:
    """By what a second step was passed; "" where there was none."""
    return second_step_words(sign_in.method)


@register.filter
def reason(sign_in: SignIn) -> str:
    """Why it counts as usual or not."""
    return reason_words(sign_in)
