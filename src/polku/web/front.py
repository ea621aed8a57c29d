"""What may stand before the service: the names it answers to, and the proxies whose word counts."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from polku.schemas.running import Running

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
OUR_NAMES: Final = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
"""Names under which this machine may be called: another name that resolves here is refused (DNS rebinding)."""
PASSED_ON: Final = frozenset(
    {"forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"}
)
"""Headers that a proxy adds. They are believed of the proxies named in the settings, and go no further."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Front:
    """Names and proxies of one installation.

    Parameters
    ----------
    names : frozenset of str
        Beside this machine's own, in small letters, with their port where they have one.
    proxies : tuple of networks
        Machines whose forwarding headers are believed.

    Examples
    --------
    >>> front = Front.of(Running(public_url="https://polku.city.example"))
    >>> front.knows("polku.city.example"), front.knows("LOCALHOST:8000"), front.knows("evil.example")
    (True, True, False)
    """

    names: frozenset[str] = frozenset()
    proxies: tuple[Network, ...] = ()

    @classmethod
    def of(cls, running: Running) -> Front:
        """Return what the settings say."""
        names = {name.lower() for name in running.names}
        if running.public_url:
            parts = urlsplit(running.public_url.lower())
            names |= {parts.netloc, f"{parts.netloc}:{_DEFAULT_PORTS[parts.scheme]}"}
        return cls(frozenset(names), tuple(ipaddress.ip_network(one, strict=False) for one in running.trusted_proxies))

    def knows(self, host: str) -> bool:
        """Return whether the service is called by that name."""
        return OUR_NAMES.fullmatch(host) is not None or host.lower() in self.names

    def let_through(self, scope: Scope) -> Scope | None:
        """Return a request as its sender sent it to the proxy, or None where no such proxy is known.

        Without proxies in the settings nothing is changed: whoever asks who is asking sees the headers as they are.
        """
        headers = Headers(scope=scope)
        if not self.proxies or not any(name in PASSED_ON for name in headers):
            return scope
        peer = (scope.get("client") or ("", 0))[0]
        sender = self._sender(headers.getlist("x-forwarded-for")) if self._trusts(peer) else None
        if sender is None:
            return None
        scheme = headers.get("x-forwarded-proto", scope["scheme"])
        kept = [(name, value) for name, value in scope["headers"] if name.decode("latin-1") not in PASSED_ON]
        return {**scope, "client": (sender, 0), "scheme": "https" if scheme == "https" else "http", "headers": kept}

    def _sender(self, chain: list[str]) -> str | None:
        """Return the last address of the chain that is none of our proxies; what stands before it anybody may write."""
        addresses = [one.strip() for part in chain for one in part.split(",")]
        for address in reversed(addresses):
            if not _is_address(address):
                return None
            if not self._trusts(address):
                return address
        return addresses[0] if addresses else None

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self.proxies)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
