"""The schema of ``serve/lti/<name>.toml``: a learning platform whose links lead to Polku's pages (LTI 1.3)."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from polku.schemas.access import LOOPBACK
from polku.schemas.base import Definition

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


def _is_safe(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return given
    message = "give an https address, or one on this machine while trying things out"
    raise ValueError(message)


Address = Annotated[str, AfterValidator(_is_safe), Field(max_length=500)]


class LtiDefinition(Definition):
    """One platform, as it and this tool were registered with each other."""

    issuer: str = Field(min_length=1, max_length=500)
    """The `iss` of its launches, word for word."""

    client_id: str = Field(min_length=1, max_length=200)
    """What the platform calls this tool."""

    deployments: tuple[str, ...] = Field(min_length=1)
    """Deployments that are answered."""

    authorize: Address
    """Where a launch is asked for (OIDC authentication request)."""

    token: Address
    """Where the tool gets a token for scores and members."""

    keys: str = Field(max_length=500)
    """The platform's public keys (JWKS): an https address, one on this machine, or a file beside this one."""

    tool: Address
    """This service's own address, without a path: launches come back to it, and lead nowhere else."""

    provider: str = Field(min_length=1, max_length=200)
    """The education provider whose people come by this platform."""

    subject: Literal["sub", "lis"] = "sub"
    """What names a person: the platform's own id, or the register's (`person_sourcedid`), as OneRoster gives it."""

    key_file: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_./-]{1,200}$")
    """This tool's RSA key (PEM), seen from the folder of this file: it signs sessions and requests for tokens."""

    key_env: str | None = Field(default=None, pattern="^[A-Z][A-Z0-9_]{2,60}$")
    """Or the environment variable that holds it."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.key_file is None) == (self.key_env is None):
            message = "name one of key_file and key_env"
            raise ValueError(message)
        if urlsplit(self.tool).path not in {"", "/"}:
            message = "tool is an address without a path"
            raise ValueError(message)
        if "://" in self.keys:
            _is_safe(self.keys)
        return self
