"""Tokens for a platform's services: asked for with an assertion that this tool signs, kept until they are over."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

import httpx
from joserfc import jwt

from polku.errors import NotReadyError
from polku.web.lti.registrations import Registration

ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS: Final = 60
"""How long an assertion holds; and how long before its end a token is not used any more."""
Send = Callable[[Mapping[str, str]], httpx.Response]


class Tokens:
    """One platform's tokens by scope (IMS Security Framework 1.0, section 4.1: client credentials).

    Parameters
    ----------
    registration : Registration
        The platform, with this tool's key.
    send : callable
        Sends a form to the address that gives tokens.
    clock : callable
        Returns seconds since 1970.
    """

    def __init__(self, registration: Registration, send: Send, clock: Callable[[], float] = time.time) -> None:
        self._registration, self._send, self._clock = registration, send, clock
        self._held: dict[str, tuple[str, float]] = {}

    def of(self, scope: str) -> str:
        """Return a token for a scope.

        Raises
        ------
        NotReadyError
            If the platform gives none.
        """
        token, until = self._held.get(scope, ("", 0.0))
        if until > self._clock():
            return token
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "scope": scope}
        answer = self._send(form | {"client_assertion": self._assertion()})
        token, seconds = _given(answer)
        self._held[scope] = token, self._clock() + seconds - SECONDS
        return token

    def forget(self, scope: str) -> None:
        """Ask for a new one next time."""
        self._held.pop(scope, None)

    def _assertion(self) -> str:
        said, key, now = self._registration.definition, self._registration.own_key, int(self._clock())
        claims = {"iss": said.client_id, "sub": said.client_id, "aud": said.token, "iat": now, "exp": now + SECONDS}
        header = {"alg": "RS256", "typ": "JWT", "kid": str(key.kid)}
        return jwt.encode(header, {**claims, "jti": secrets.token_hex(16)}, key)


def _given(answer: httpx.Response) -> tuple[str, float]:
    """Return a token and for how many seconds it holds; where nothing is said, it is used once."""
    try:
        found = answer.json() if answer.is_success else {}
    except ValueError as error:
        raise NotReadyError("the platform's answer is no JSON") from error
    token = found.get("access_token") if isinstance(found, dict) else None
    if not isinstance(token, str) or not token:
        hint = "ask its keeper to allow the service"
        raise NotReadyError("the platform gave no token", got=str(answer.status_code), hint=hint)
    seconds = found.get("expires_in")
    return token, float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else 0.0
