"""How callers sign in to one application: not at all, as a persona of the demonstration, or by the platform's token."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from polku.errors import UnauthorizedError
from polku.web.access.origin import loopback_only, own_site_only
from polku.web.access.personas import Personas
from polku.web.access.senders import Senders, given
from polku.web.access.tokens import Verifier
from polku.web.viewer import Viewer, operator

if TYPE_CHECKING:
    from polku.web.lti.sessions import Sessions, WithLaunches

COOKIE = "polku_persona"
"""Holds the token of a persona; the platform's own cookie has the name that the settings give it."""
LAUNCHED = "polku_lti"
"""Holds the token that a launch from a learning platform leaves; where there is one, it says who asks."""
MOST_REMEMBERED = 20_000


@dataclass(eq=False)
class Remembered:
    """What was found to hold, for a few seconds each; what did not hold is looked up again every time.

    Parameters
    ----------
    seconds : float
        How long.
    clock : callable
        Returns seconds that only grow.

    Examples
    --------
    >>> remembered = Remembered(5, clock=lambda: 0.0)
    >>> remembered.keep("anna")
    >>> remembered.has("anna"), remembered.has("eino")
    (True, False)
    """

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _until: dict[Hashable, float] = field(default_factory=dict)

    def has(self, key: Hashable) -> bool:
        """Return whether this held a few seconds ago."""
        return self._until.get(key, 0) > self.clock()

    def forget(self, key: Hashable) -> None:
        """Look this up again the next time."""
        self._until.pop(key, None)

    def keep(self, key: Hashable) -> None:
        """Remember that this holds."""
        if len(self._until) >= MOST_REMEMBERED:
            self._until.clear()
        self._until[key] = self.clock() + self.seconds


@dataclass(eq=False)
class SignIn:
    """How callers of one application sign in.

    Parameters
    ----------
    provider_id : str
        The provider of the operator where nobody signs in.
    verifier : Verifier or None
        Checks tokens; None where nobody signs in.
    cookie : str or None
        Cookie that may hold the token.
    local : bool
        Whether only this machine is answered.
    remembered : Remembered
        Relations that were found a moment ago.
    personas : Personas or None
        The issuer of a demonstration.
    sessions : Sessions or None
        What signs people in who are launched from a learning platform; None where none is registered.
    senders : Senders
        Who signs in with a key and a secret at the doors of xAPI and Caliper.
    """

    provider_id: str
    verifier: Verifier | WithLaunches | None = None
    cookie: str | None = None
    local: bool = True
    remembered: Remembered = field(default_factory=lambda: Remembered(0))
    personas: Personas | None = None
    sessions: Sessions | None = None
    senders: Senders = field(default_factory=Senders)

    async def viewer(self, request: Request) -> Viewer:
        """Return who asks; it stands in ``request.state.viewer`` from then on.

        Raises
        ------
        UnauthorizedError
            Without a token that holds.
        ForbiddenError
            From another machine, for another site's page, or with a token that names no role or provider of ours.
        """
        (loopback_only if self.local else own_site_only)(request)
        viewer = operator(self.provider_id) if self.verifier is None else await self._by_token(request, self.verifier)
        request.state.viewer = viewer
        return viewer

    async def _by_token(self, request: Request, verifier: Verifier | WithLaunches) -> Viewer:
        known = self.known(request)
        return await run_in_threadpool(verifier.viewer, self.token_of(request)) if known is None else known

    def known(self, request: Request) -> Viewer | None:
        """Return who asks, where that can be told without asking anybody: a sender, or a token that was checked before.

        Raises
        ------
        UnauthorizedError
            If the request names nobody.
        """
        said = given(request.url.path, request.headers.get("authorization", ""))
        sender = None if said is None else self.senders.viewer(said)
        if sender is not None or self.verifier is None:
            return sender
        return self.verifier.known(self.token_of(request))

    def token_of(self, request: Request) -> str:
        """Return the token of a request: of its ``Authorization``, else of the cookie.

        Raises
        ------
        UnauthorizedError
            If there is none.
        """
        header = request.headers.get("authorization", "")
        said = given(request.url.path, header)
        if said is not None:
            return said.secret
        scheme, _, token = header.partition(" ")
        if scheme:
            if scheme.lower() != "bearer" or not token.strip():
                raise UnauthorizedError("the header Authorization holds no bearer token", hint="Bearer <token>")
            return token.strip()
        launched = request.cookies.get(LAUNCHED, "") if self.sessions is not None else ""
        request.state.launched = bool(launched)
        cookie = launched or (request.cookies.get(self.cookie, "") if self.cookie else "")
        if not cookie:
            raise UnauthorizedError("sign in first", hint="send Authorization: Bearer <token>")
        return cookie


def sign_in_of(request: Request) -> SignIn:
    """Return how callers of this application sign in."""
    held: SignIn = request.app.state.sign_in
    return held
