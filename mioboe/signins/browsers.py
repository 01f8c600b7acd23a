"""What a browser says it is, read with a kept library."""

from functools import lru_cache
from typing import NamedTuple

from ua_parser import parse

LONGEST_USER_AGENT = 400
LONGEST_NAME = 60
_DESKTOPS = {"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS", "FreeBSD", "OpenBSD"}
REMEMBERED = 4096  # strings whose reading is kept in memory


class Browser(NamedTuple):
    browser: str  # family: "Mobile Safari"; "" where the string says nothing
    system: str  # family, or the device where that is how people call it: "iPhone"
    type: str  # "mobile", "tablet", "desktop", "bot" or ""


def browser_of(user_agent: str) -> Browser:
    """Never raises, whatever the string holds; only its first 400 characters count."""
    return _read(clean(user_agent))


def clean(user_agent: str) -> str:
    """As it is kept: bounded, and without what PostgreSQL cannot hold."""
    return user_agent.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_USER_AGENT]


@lru_cache(REMEMBERED)
def _read(user_agent: str) -> Browser:
    parsed = parse(user_agent)
    browser = parsed.user_agent.family if parsed.user_agent else ""
    system = parsed.os.family if parsed.os else ""
    device = parsed.device.family if parsed.device else ""
    type_ = _type(user_agent, system, device)
    if device in {"iPhone", "iPad"}:
        system = device
    return Browser(browser[:LONGEST_NAME], system[:LONGEST_NAME], type_)


def _type(user_agent: str, system: str, device: str) -> str:
    if device == "Spider":
        return "bot"
    if device == "iPad" or "Tablet" in user_agent or (system == "Android" and "Mobile" not in user_agent):
        return "tablet"
    if "Mobi" in user_agent or device == "iPhone":
        return "mobile"
    return "desktop" if system in _DESKTOPS else ""
