"""Tokens of the platform (JWT, RFC 7519): signature, issuer, audience and times checked, claims read.

Good practice of RFC 8725: the algorithm is ours to choose, never the token's; every claim that matters is required; a
key serves one kind of algorithm.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from polku.errors import ForbiddenError, UnauthorizedError
from polku.schemas.access import ClaimNames
from polku.web.access.keys import IssuerKeys
from polku.web.viewer import Role, Viewer

ALGORITHMS = ("RS256", "ES256")
LARGEST = 8192
"""Bytes of a token."""
LONGEST_NAME = 200
"""Characters of a subject or provider."""
MOST_KEPT = 10_000
Reads = Callable[[Mapping[str, Any]], Viewer]


class _Kept(NamedTuple):
    viewer: Viewer
    from_s: float
    until_s: float
    version: int


class Verifier:
    """Turns tokens into viewers; one that was checked is remembered by its hash until it ends.

    Parameters
    ----------
    keys : IssuerKeys
        The issuer's public keys.
    issuer, audience : str
        What tokens must say, word for word.
    claims : ClaimNames
        What the issuer calls role, provider, scopes and permit.
    reads : callable, optional
        Turns checked claims into a viewer where they are another standard's.
    leeway_s : int
        Seconds by which clocks may differ.
    clock : callable
        Returns seconds since 1970.
    """

    def __init__(
        self,
        keys: IssuerKeys,
        issuer: str,
        audience: str,
        *,
        claims: ClaimNames | None = None,
        reads: Reads | None = None,
        leeway_s: int = 30,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys, self._clock, self._leeway_s = keys, clock, leeway_s
        self._names, self._reads = claims or ClaimNames(), reads or self._read
        self._registry = JWSRegistry(algorithms=list(ALGORITHMS))
        self._claims = JWTClaimsRegistry(
            now=lambda: int(clock()),
            leeway=leeway_s,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._lock = Lock()

    def known(self, token: str) -> Viewer | None:
        """Return the viewer of a token that was checked before and still holds, else None; asks nobody.

        None too where the issuer's keys have to be read anew first: one of them may have been taken back.
        """
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        kept = self._kept.get(digest)
        now = self._clock()
        if kept is None or not kept.from_s <= now < kept.until_s:
            return None
        if self._keys.is_stale or kept.version != self._keys.version:
            return None
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
        return kept.viewer

    def viewer(self, token: str) -> Viewer:
        """Return who a token speaks for.

        Raises
        ------
        UnauthorizedError
            If it is no token, signed by nobody we know, made for somebody else, or not of now.
        ForbiddenError
            If it holds, but names no role or provider.
        NotReadyError
            If the issuer's keys cannot be read.
        """
        version = self._keys.fresh()
        known = self.known(token)
        if known is not None:
            return known
        claims = self._checked(token)
        viewer = self._reads(claims)
        kept = _Kept(viewer, _from(claims) - self._leeway_s, claims["exp"] + self._leeway_s, version)
        with self._lock:
            self._kept[hashlib.sha256(token.encode()).digest()] = kept
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return viewer

    def _checked(self, token: str) -> dict[str, Any]:
        """Return the claims of a token whose signature and times hold."""
        if len(token) > LARGEST or not token.isascii():
            raise _no_token()
        try:
            made = jwt.decode(token, lambda found: self._keys.key(found.headers().get("kid")), registry=self._registry)
            self._claims.validate(made.claims)
        except ExpiredTokenError:
            raise UnauthorizedError("the token has ended", hint="ask the issuer for a new one") from None
        except (JoseError, ValueError, TypeError, AttributeError):  # its own words may quote the token
            raise _no_token() from None
        return made.claims

    def _read(self, claims: Mapping[str, Any]) -> Viewer:
        names = self._names
        role, provider, permit = (claims.get(name) for name in (names.role, names.provider, names.permit))
        if not isinstance(role, str) or role not in set(Role):
            raise ForbiddenError("the token names no role of ours", hint=f"one of {', '.join(Role)}")
        if not _is_name(provider) or not _is_name(claims["sub"]):
            raise ForbiddenError("the token names no provider or no subject")
        return Viewer(
            claims["sub"],
            Role(role),
            str(provider),
            _words(claims.get(names.scope)) if role == Role.SERVICE else frozenset(),
            permit if _is_name(permit) else None,
        )


def _no_token() -> UnauthorizedError:
    return UnauthorizedError("the token does not hold", hint="ask the issuer for a new one")


def _from(claims: Mapping[str, Any]) -> float:
    return max(float(claims.get("nbf", 0)), float(claims["iat"]))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def _words(value: object) -> frozenset[str]:
    listed = value.split() if isinstance(value, str) else value
    return frozenset(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else frozenset()
