"""Finds the client's address where reverse proxies of ours stand in front.

Forwarded headers of other peers are removed, so rate limits and HTTPS checks never read what a stranger wrote.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_REAL_IP")
_FORWARDED_PREFIX = "HTTP_X_FORWARDED_"


class ClientAddressMiddleware:
    """Writes the client's address to ``REMOTE_ADDR``. It comes first: others read that, or the scheme."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = settings.AMENDS_PROXIES if _is_proxy(request.META.get("REMOTE_ADDR", "")) else 0
        if count:
            request.META["REMOTE_ADDR"] = client_address(request.META, count)
        else:
            _forget_forwarded(request.META)
        return self.get_response(request)


def client_address(meta: dict[str, str], proxies: int) -> str:
    """The address that the outermost of ``proxies`` saw: each adds its peer at the right-hand end (RFC 7239, 7.4).

    The peer's own address, where the header is missing or no address stands there.
    """
    hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return _plain(hops[-min(proxies, len(hops))]) or meta["REMOTE_ADDR"]


def _plain(hop: str) -> str:
    """The address without a port, as some proxies add one; empty where it is no address."""
    for candidate in (hop, hop.removeprefix("[").partition("]")[0], hop.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return ""


def _is_proxy(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in settings.AMENDS_PROXY_ADDRESSES)


def _forget_forwarded(meta: dict[str, str]) -> None:
    for name in [name for name in meta if name in _FORWARDED or name.startswith(_FORWARDED_PREFIX)]:
        del meta[name]
