"""The two names of one's own machine. To a browser they are two places: a cookie of the one is not shown to the other."""

from urllib.parse import urlsplit

NAMES = ("localhost", "127.0.0.1")


def by_both_names(url: str) -> list[str]:
    """The address by either name where it is one's own machine's; else the address alone."""
    here = urlsplit(url).hostname
    return [url.replace(f"//{here}", f"//{name}", 1) for name in NAMES] if here in NAMES else [url]


def by_name_of(url: str, host: str) -> str:
    """The address by the name that the page was asked for (`host`, with or without a port), where both are one's own machine's."""
    name = host.partition(":")[0]
    here = urlsplit(url).hostname
    return url.replace(f"//{here}", f"//{name}", 1) if here in NAMES and name in NAMES else url
