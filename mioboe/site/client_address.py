"""The address a request comes from, believing proxies only where the operator says so."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# A chain of more proxies than this is not looked at.
LONGEST_CHAIN = 20


def client_address(remote: str, forwarded: str, trusted: list[str]) -> str:
    """The first address, from our side, that is no trusted proxy; `remote` where `X-Forwarded-For` is not to be
    believed or cannot be read. `trusted` holds addresses or networks (`10.0.0.0/8`)."""
    networks = [ipaddress.ip_network(network, strict=False) for network in trusted]

    def is_trusted(address: str) -> bool:
        return any(ipaddress.ip_address(address) in network for network in networks)

    found = remote
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()][-LONGEST_CHAIN:]
    try:
        for hop in reversed(hops):
            if not is_trusted(found):
                break
            found = str(ipaddress.ip_address(hop))
    except ValueError:
        return remote
    return found


class ClientAddress:
    """Sets REMOTE_ADDR to the client's address, so that everything above may simply read it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", "") or "127.0.0.1",
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            settings.MIOBOE_TRUSTED_PROXIES,
        )
        return self.get_response(request)
