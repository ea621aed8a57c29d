"""Where a request comes from: this machine or another, our own page or another site's."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from urllib.parse import urlsplit

from fastapi import Request

from polku.errors import ForbiddenError
from polku.schemas.running import Running

PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers that a proxy adds: what comes through one may come from anywhere."""


def loopback_only(request: Request) -> None:
    """Refuse callers from another machine, and what another site's page asks for in a reader's browser.

    Raises
    ------
    ForbiddenError
        With what to do instead.
    """
    host = request.client.host if request.client else ""
    if not _is_loopback(host) or any(name in request.headers for name in PASSED_ON):
        raise ForbiddenError("no sign-in yet: only this machine is answered", hint="call 127.0.0.1, without a proxy")
    own_site_only(request)


def scrapers_only(request: Request) -> None:
    """Refuse callers who are neither this machine nor a collector that ``[service]`` names, by network, token or both.

    Raises
    ------
    ForbiddenError
        With what to do instead.
    """
    running: Running = request.app.state.tenants.settings.service
    passed_on = any(name in request.headers for name in PASSED_ON)
    if passed_on or not _is_collector(request, running.scrapers, running.scraper_tokens_sha256):
        loopback_only(request)


def _is_collector(request: Request, networks: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    host = request.client.host if request.client else ""
    if networks and not _is_within(host, networks):
        return False
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    shown = hashlib.sha256(token.strip().encode()).hexdigest() if kind.lower() == "bearer" else ""
    return any(hmac.compare_digest(shown, one) for one in tokens) if tokens else bool(networks)


def own_site_only(request: Request) -> None:
    """Refuse what another site's page asks for: a browser would send our cookie along.

    Raises
    ------
    ForbiddenError
        With what to do instead.
    """
    if _is_of_another_site(request):
        raise ForbiddenError("another site's page may not call this service", hint="open the page itself")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_within(host: str, networks: tuple[str, ...]) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(one, strict=False) for one in networks)


def _is_of_another_site(request: Request) -> bool:
    """Return whether a browser says so; a link that a person follows is no such request."""
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc != request.headers.get("host")
    from_elsewhere = request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}
    return from_elsewhere and request.headers.get("sec-fetch-mode") != "navigate"
