"""Why a sign-in counts as usual or not, in the reader's language, made from what was stored with it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mioboe.signins.familiarity import DeviceSeen, NetworkSeen
from mioboe.signins.models import SignIn
from mioboe.signins.places import place_words

_DEVICES = {
    DeviceSeen.STRING: gettext_lazy("A browser that this account often uses"),
    DeviceSeen.VERSION: gettext_lazy("An updated browser that this account uses"),
    DeviceSeen.BROWSER: gettext_lazy("A kind of browser and device that this account uses"),
    DeviceSeen.SYSTEM: gettext_lazy("A new browser"),
    DeviceSeen.TYPE: gettext_lazy("A new kind of device"),
    DeviceSeen.NOTHING: gettext_lazy("A device unlike any that this account has used"),
}
_NETWORKS = {
    NetworkSeen.ADDRESS: gettext_lazy("%(device)s, on a line in %(place)s that this account has used."),
    NetworkSeen.OPERATOR: gettext_lazy(
        "%(device)s, on a new line of a network in %(place)s that this account has used."
    ),
    NetworkSeen.COUNTRY: gettext_lazy("%(device)s, on a network in %(place)s that this account has never used."),
    NetworkSeen.NOTHING: gettext_lazy("%(device)s, from %(place)s, where this account has never been."),
}
_PLACE_UNKNOWN = {
    NetworkSeen.ADDRESS: gettext_lazy("%(device)s, on a line that this account has used."),
    NetworkSeen.OPERATOR: gettext_lazy("%(device)s, on a new line of a network that this account has used."),
    NetworkSeen.COUNTRY: gettext_lazy("%(device)s, on a network that this account has never used."),
    NetworkSeen.NOTHING: gettext_lazy("%(device)s, on a network that this account has never used."),
}


def reason_words(sign_in: SignIn) -> str:
    """One sentence or two: what decided, and what was compared."""
    reasons = set(sign_in.reasons)
    if "first_sign_in" in reasons:
        return _("The first sign-in of this account.")
    if "device_proven" in reasons:
        return _("A device that this account knows.")
    if "no_history" in reasons:
        return _("There is nothing from the last six months to compare it with.")
    compared = _compared(sign_in)
    if "second_step" in reasons:
        return _("Confirmed with a passkey or a second step.") + " " + compared
    if "device_removed" in reasons:
        return _("A device that was removed from this account.") + " " + compared
    return compared


def _compared(sign_in: SignIn) -> str:
    device = (
        str(_DEVICES[DeviceSeen(sign_in.device_seen)]) if sign_in.device_seen is not None else _("An unknown browser")
    )
    if sign_in.network_seen is None:
        return _("%(device)s, on an unknown network.") % {"device": device}
    network = NetworkSeen(sign_in.network_seen)
    if not sign_in.country:
        return str(_PLACE_UNKNOWN[network]) % {"device": device}
    return str(_NETWORKS[network]) % {"device": device, "place": place_words(sign_in.country, sign_in.prefecture)}
