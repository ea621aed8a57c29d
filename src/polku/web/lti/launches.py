"""Launches: what a platform signed is checked claim by claim, and each refusal says what did not hold.

Good practice of RFC 8725 and the IMS Security Framework 1.0: RS256 alone, the key by its id from the platform's own
set, and a nonce that was ours to choose and is taken once.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from polku.errors import UnauthorizedError
from polku.exchange.lti import Launch, launch_of
from polku.web.lti.registrations import Registration

OLDEST_S: Final = 600
"""Seconds after which a launch is too old, whatever it says of its end."""
LEEWAY_S: Final = 30
LARGEST: Final = 64 << 10
"""Bytes of a launch; platforms put much into it."""
ALGORITHMS: Final = ["RS256"]
AGAIN: Final = "open the link in the platform again"


def checked(registration: Registration, token: str, nonce: str, clock: Callable[[], float] = time.time) -> Launch:
    """Return what a launch says, if all of it holds; the nonce has still to be taken.

    Parameters
    ----------
    registration : Registration
        The platform that was asked.
    token : str
        The ``id_token`` that came back.
    nonce : str
        The one that was sent along.
    clock : callable
        Returns seconds since 1970.

    Raises
    ------
    UnauthorizedError
        With what did not hold.
    """
    said = registration.definition
    claims = _claims(registration, token, clock)
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if claims.get("azp", said.client_id if len(audiences) == 1 else None) != said.client_id:
        raise UnauthorizedError("the launch is for another tool (azp)", hint=AGAIN)
    if claims["iat"] < clock() - OLDEST_S:
        raise UnauthorizedError("the launch is too old", hint=AGAIN)
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise UnauthorizedError("the launch answers another request (nonce)", hint=AGAIN)
    return launch_of(claims, said.deployments, said.subject)


def _claims(registration: Registration, token: str, clock: Callable[[], float]) -> Mapping[str, Any]:
    if len(token) > LARGEST or not token.isascii():
        raise UnauthorizedError("the launch is no token", hint=AGAIN)
    said = registration.definition
    rules = JWTClaimsRegistry(
        now=lambda: int(clock()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": said.issuer},
        aud={"essential": True, "value": said.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    registry = JWSRegistry(algorithms=ALGORITHMS)
    try:
        made = jwt.decode(token, lambda found: registration.keys.key(found.headers().get("kid")), registry=registry)
        rules.validate(made.claims)
    except ExpiredTokenError:
        raise UnauthorizedError("the launch has ended", hint=AGAIN) from None
    except (InvalidClaimError, MissingClaimError) as error:
        raise UnauthorizedError(f"the launch does not hold: its {error.claim}", hint=AGAIN) from None
    except (JoseError, ValueError, TypeError, AttributeError):  # its own words may quote the token
        raise UnauthorizedError("the launch is not signed as it must be", hint=AGAIN) from None
    return made.claims
