"""Why a sign-in counts as usual or not, in the reader's language, made from what was stored with it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mioboe.signins.familiarity import DeviceSeen, NetworkSeen
from mioboe.signins.models import Device, SignIn
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

# Families as the library names them, as people do.
_BROWSERS = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Chromium": "Chrome",
    "HeadlessChrome": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
}
_SYSTEMS = {
    "iPhone": gettext_lazy("an iPhone"),
    "iPad": gettext_lazy("an iPad"),
    "Mac OS X": gettext_lazy("a Mac"),
    "Chrome OS": gettext_lazy("a Chromebook"),
}
_METHODS = {
    "password": gettext_lazy("password"),
    "passkey": gettext_lazy("passkey"),
    "code": gettext_lazy("code by mail"),
    "totp": gettext_lazy("code of the authenticator app"),
    "recovery": gettext_lazy("recovery code"),
    "reset": gettext_lazy("link for a new password"),
}


def device_words(device: Device | None) -> str:
    """As its owner calls it, else as people do: "Safari on an iPhone"."""
    if device is None:
        return _("unknown device")
    return device.name or browser_words(device.browser, device.system)


def browser_words(browser: str, system: str) -> str:
    browser, system = _BROWSERS.get(browser, browser), str(_SYSTEMS.get(system, system))
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("unknown device")


def method_words(method: str) -> str:
    """How somebody signed in: "password, then code of the authenticator app"; "" where nobody knows."""
    steps = [str(_METHODS.get(step, step)) for step in method.split("+") if step]
    return _(", then ").join(steps)


def first_step_words(method: str) -> str:
    """By what somebody came in, before a second step: "password"."""
    return method_words(method.partition("+")[0])


def second_step_words(method: str) -> str:
    """By what a second step was passed: "code by mail"; "" where there was none."""
    return method_words(method.partition("+")[2])


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
    if "device_copied" in reasons:
        return (
            _("Somebody has a copy of a known device’s key: an old one was shown after the new one was in use.")
            + " "
            + compared
        )
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
