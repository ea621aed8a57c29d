"""The schema of ``[access]`` in ``serve/settings*.toml``: how callers sign in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from polku.schemas.base import Definition

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names under which a machine calls itself."""


class ClaimNames(Definition):
    """What the issuer calls the claims that Polku reads beside the standard ones."""

    role: str = "polku_role"
    """One of learner, guardian, teacher, principal, administrator, researcher, auditor, service."""

    provider: str = "polku_provider"
    """The education provider, as its settings name it."""

    scope: str = "scope"
    """What a service may do: words with spaces between, or a list."""

    permit: str = "polku_permit"
    """The permit that a researcher works under."""


class MpassidSettings(Definition):
    """What MPASSid's claims mean here."""

    providers: Mapping[str, str] = Field(default_factory=dict)
    """OID of an education provider → the provider as Polku names it. Who is of another is not let in."""

    staff_administer: bool = False
    """Whether role 3 (staff) administers the provider; else it opens nothing."""


class SenderSettings(Definition):
    """A sender of xAPI or Caliper whose clients know a key and a secret alone. It opens these doors and no other."""

    provider: str = Field(min_length=1)
    """The education provider whose learners it sends about."""

    secret_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """SHA-256 of its secret: 32 random bytes or more, so that the digest gives nothing away."""

    scopes: tuple[Literal["responses:write", "learners:read"], ...] = ("responses:write",)
    """What it may do: hand answers over; read statements of what was suggested."""


class AccessSettings(Definition):
    """How callers sign in, and for how long what was checked is remembered."""

    sign_in: Literal["none", "demo", "oidc"] = "none"
    """`none`: this machine only, unnamed. `demo`: this machine only, as a persona that anybody may choose. `oidc`: by
    a token of the platform's issuer."""

    production: bool = False
    """Whether real people's data are served. Then nothing but `oidc` starts, and no SQLite store."""

    embedded: bool = False
    """Whether production may keep its store in an SQLite file all the same: one machine, one small provider."""

    issuer: str | None = None
    """The `iss` of tokens, word for word."""

    audience: str = "polku"
    """The `aud` of tokens: this service."""

    keys: str | None = None
    """The issuer's public keys (JWKS): an https address, one on this machine, or a file beside the settings."""

    cookie: str | None = None
    """Cookie that holds the same token, set by the platform for the pages; none unless named."""

    leeway_s: int = Field(default=30, ge=0, le=120)
    """Seconds by which the issuer's clock may differ from ours."""

    remember_s: float = Field(default=5, ge=0, le=60)
    """Seconds for which a relation that was found is not looked up again; a new restriction takes that long to bite."""

    claims: ClaimNames | Literal["mpassid"] = ClaimNames()
    """What the issuer calls its claims; `"mpassid"` where they are MPASSid's."""

    mpassid: MpassidSettings = MpassidSettings()
    """What MPASSid's claims mean, where `claims = "mpassid"`."""

    senders: Mapping[str, SenderSettings] = Field(default_factory=dict)
    """Senders of xAPI and Caliper by their key, beside those that sign in with the platform's tokens."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.production and self.sign_in != "oidc":
            message = f'sign_in = "{self.sign_in}" does not start in production: use "oidc"'
            raise ValueError(message)
        if self.sign_in == "oidc" and not (self.issuer and self.keys):
            message = 'sign_in = "oidc" needs issuer and keys'
            raise ValueError(message)
        if self.claims == "mpassid" and not self.mpassid.providers:
            message = 'claims = "mpassid" needs mpassid.providers: which OID is which provider'
            raise ValueError(message)
        if self.keys and "://" in self.keys and not _is_safe(self.keys):
            message = "keys come from a file, by https, or from this machine"
            raise ValueError(message)
        if len({one.secret_sha256 for one in self.senders.values()}) < len(self.senders):
            message = "senders: each has a secret of its own"
            raise ValueError(message)
        return self


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
