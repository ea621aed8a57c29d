"""What a launch leaves in the browser: a token of our own, signed with the tool's key; every process knows it."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from typing import Final

from joserfc import jwt
from joserfc.jwk import KeySet

from polku.errors import ForbiddenError
from polku.exchange.lti import Launch
from polku.web.access.keys import IssuerKeys
from polku.web.access.tokens import Verifier
from polku.web.lti.registrations import Registration
from polku.web.viewer import Viewer

ISSUER, AUDIENCE = "urn:polku:lti", "polku-lti"
SECONDS: Final = 3600
"""How long a launch opens pages: a lesson; the next begins in the platform."""


class Sessions:
    """Signs what launches leave, and knows it again.

    Parameters
    ----------
    registrations : mapping of str to Registration
        The platforms.
    """

    def __init__(self, registrations: Mapping[str, Registration]) -> None:
        self.registrations = registrations
        self.verifier = Verifier(IssuerKeys(self.public), ISSUER, AUDIENCE)

    def public(self) -> bytes:
        """Return the public keys of this tool as a key set, for platforms and for ourselves."""
        keys = [one.own_key for one in self.registrations.values()]
        return json.dumps(KeySet(list(keys)).as_dict(private=False)).encode()

    def token(self, registration: Registration, launch: Launch) -> str:
        """Return the token of somebody who was launched: who, as what, of which provider, and nothing else.

        Raises
        ------
        ForbiddenError
            If the launch names no role here.
        """
        if launch.role is None:
            raise ForbiddenError("the launch names no role here", hint="learners and instructors of a class have one")
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": launch.subject, "iat": now, "exp": now + SECONDS}
        ours = {"polku_role": launch.role, "polku_provider": registration.definition.provider}
        key = registration.own_key
        return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, {**claims, **ours}, key)


class WithLaunches:
    """Knows the platform's tokens, and those of launches by their issuer; each is checked with its own keys alone.

    Parameters
    ----------
    platform, launched : Verifier
        Of sign-in, and of launches.
    """

    def __init__(self, platform: Verifier, launched: Verifier) -> None:
        self._platform, self._launched = platform, launched

    def known(self, token: str) -> Viewer | None:
        """Return as :meth:`Verifier.known`."""
        return self._of(token).known(token)

    def viewer(self, token: str) -> Viewer:
        """Return as :meth:`Verifier.viewer`."""
        return self._of(token).viewer(token)

    def _of(self, token: str) -> Verifier:
        return self._launched if _issuer(token) == ISSUER else self._platform


def _issuer(token: str) -> object:
    """Return what a token says of its issuer, unchecked: it chooses who checks it."""
    _, _, rest = token.partition(".")
    middle = rest.partition(".")[0]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return claims.get("iss") if isinstance(claims, dict) else None
