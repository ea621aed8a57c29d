"""Where events may go: https addresses of the open internet, never into anybody's own network.

A name is resolved once, what it resolves to is checked, and the connection goes to that very address: a name that says
something else a moment later (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from polku.errors import InputError

Resolve = Callable[[str, int], list[str]]
LONGEST: Final = 2000
TRANSLATED: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Networks whose addresses hold an IPv4 address that nobody checks."""


class Target(NamedTuple):
    """Where to send.

    Parameters
    ----------
    scheme, host : str
        As the webhook's address says.
    port : int
        Likewise, or the scheme's own.
    path : str
        With the query.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return what the header ``Host`` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _port_of(self.scheme) else f"{host}:{self.port}"


def target_of(url: str, *, loopback: bool) -> Target:
    """Read a webhook's address.

    Parameters
    ----------
    url : str
        As somebody gave it.
    loopback : bool
        Whether this machine may be called, by http too.

    Raises
    ------
    InputError
        If events must not go there.

    Examples
    --------
    >>> target_of("https://hooks.example/in?a=1", loopback=False)
    Target(scheme='https', host='hooks.example', port=443, path='/in?a=1')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("this is no address") from error
    host = (parts.hostname or "").rstrip(".")
    if not (
        url.isascii() and url.isprintable() and " " not in url and "\\" not in url and len(url) <= LONGEST and host
    ):
        raise _refused("this is no address")
    if not _is_name(host):
        raise _refused("this is no address")
    if parts.username is not None or parts.fragment:
        raise _refused("an address of a webhook holds no user and no fragment")
    _check_scheme(parts, host, loopback=loopback)
    literal = _literal(host)
    if literal is not None and not may_go(literal, loopback=loopback):
        raise _refused("events go to the open internet only")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, _port_of(parts.scheme) if port is None else port, path)


def resolved(target: Target, *, loopback: bool, resolve: Resolve | None = None) -> str:
    """Return the address that a target's name stands for now.

    Parameters
    ----------
    target : Target
        Where to.
    loopback : bool
        Whether this machine may be called.
    resolve : callable, optional
        Returns the addresses of a name; default the system's.

    Raises
    ------
    InputError
        If any of its addresses is one that events must not go to.
    OSError
        If it has none.
    """
    found = (resolve or _ask)(target.host, target.port)
    if not found:
        raise OSError("the name has no address")
    if not all(may_go(ipaddress.ip_address(one), loopback=loopback) for one in found):
        raise _refused("the name leads to an address that events do not go to")
    return found[0]


def may_go(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, loopback: bool) -> bool:
    """Return whether events may go to an address.

    Examples
    --------
    >>> [may_go(ipaddress.ip_address(one), loopback=False) for one in ("93.184.215.14", "10.0.0.1", "::ffff:10.0.0.1")]
    [True, False, False]
    """
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return may_go(mapped, loopback=loopback)
    if address.is_loopback:
        return loopback
    hidden = any(address in network for network in TRANSLATED)
    return address.is_global and not (address.is_multicast or address.is_reserved or hidden)


def _check_scheme(parts: SplitResult, host: str, *, loopback: bool) -> None:
    literal = _literal(host)
    here = host == "localhost" or (literal is not None and literal.is_loopback)
    if here and not loopback:
        raise _refused("a webhook on this machine is not called")
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise _refused("a webhook is called by https")


def _is_name(host: str) -> bool:
    """Return whether a resolver takes a name: of one with an empty or overlong part it would not say so as OSError."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _ask(host: str, port: int) -> list[str]:
    return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _port_of(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _refused(what: str) -> InputError:
    return InputError(what, hint="give an https address that anybody can reach, such as https://hooks.example/polku")
