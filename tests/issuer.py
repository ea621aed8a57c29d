"""An issuer of tokens for tests: its keys, its key set in a file, and tokens with anything wrong that one likes."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

ISSUER, AUDIENCE = "https://issuer.example", "polku"
HOUR = 3600


def rsa(kid: str = "rsa-1") -> RSAKey:
    """Return a fresh RSA key."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def elliptic(kid: str = "ec-1") -> ECKey:
    """Return a fresh key on P-256: a hundred times faster to make than an RSA key."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@dataclass
class Issuer:
    """Signs tokens; its key set is a file that the service reads.

    Parameters
    ----------
    path : Path
        Where the key set is written.
    key : Key
        What it signs with.
    """

    path: Path
    key: Key = field(default_factory=elliptic)

    def __post_init__(self) -> None:
        self.publish(self.key)

    def publish(self, *keys: Key) -> None:
        """Write the key set anew."""
        self.path.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False)), encoding="utf-8")

    def claims(self, role: str, subject: str, provider: str = "demo", **more: Any) -> dict[str, Any]:
        """Return sound claims; what is given as None is left out."""
        now = int(time.time())
        sound = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now - 60, "exp": now + HOUR}
        said = {**sound, "polku_role": role, "polku_provider": provider, **more}
        return {name: value for name, value in said.items() if value is not None}

    def sign(self, claims: dict[str, Any], *, key: Key | None = None, **header: Any) -> str:
        """Return a token."""
        by = key or self.key
        algorithm = "ES256" if isinstance(by, ECKey) else "RS256"
        return jwt.encode({"alg": algorithm, "kid": by.kid, **header}, claims, by)

    def token(self, role: str, subject: str, provider: str = "demo", **more: Any) -> str:
        """Return a sound token."""
        return self.sign(self.claims(role, subject, provider, **more))


def bearer(token: str | None) -> dict[str, str]:
    """Return the headers that a token goes in."""
    return {} if token is None else {"authorization": f"Bearer {token}"}
