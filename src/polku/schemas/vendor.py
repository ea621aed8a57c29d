"""The schema of ``serve/vendors/<name>.toml``: somebody who provides tasks."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from polku.schemas.base import Definition

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
"""What a vendor is called by: the name of its file, part of its scope and of addresses."""
LAUNCH: Final = re.compile(r"https://[^\s/@]+/\S*|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?/\S*|/[^/\s]\S*")
TOKEN: Final = "{token}"  # noqa: S105 - where the token goes in the address


class VendorDefinition(Definition):
    """One vendor: what it is called, where its tasks open, and where its secret is. Nothing here ranks it."""

    name: str = Field(min_length=1, max_length=80)
    """As people know it; shown beside its tasks."""

    kind: Literal["link"] = "link"
    """How a task opens: by a signed link."""

    languages: tuple[Annotated[str, Field(pattern="^(fi|sv|en)$")], ...] = ("fi",)
    """Languages that its tasks come in."""

    launch: str = Field(max_length=500)
    """Address that opens a task, with ``{token}`` where the signed token goes: https, this machine while trying things
    out, or a path where this service itself plays the vendor in the sandbox."""

    secret_env: str | None = Field(default=None, pattern="^[A-Z][A-Z0-9_]{2,60}$")
    """Environment variable that holds the secret its links are signed with."""

    secret_file: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_./-]{1,200}$")
    """Or a file that holds it, seen from the folder of this one."""

    catalogue: str | None = Field(default=None, max_length=200)
    """File of its catalogue, seen from the folder of this one: read where ``polku vendors import`` names none."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if LAUNCH.fullmatch(self.launch) is None or self.launch.count(TOKEN) != 1:
            message = "launch is an https address with {token} in it once"
            raise ValueError(message)
        if (self.secret_env is None) == (self.secret_file is None):
            message = "name one of secret_env and secret_file"
            raise ValueError(message)
        return self

    @property
    def open_internet(self) -> bool:
        """Return whether the launch leads to an https address, as in production it must."""
        return self.launch.startswith("https://")
