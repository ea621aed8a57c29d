"""Platforms as their files describe them, with this tool's key."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from polku.errors import DefinitionError
from polku.home import Home, load_toml
from polku.schemas.lti import NAME, LtiDefinition
from polku.web.access.keys import IssuerKeys, fetcher


@dataclass(frozen=True)
class Registration:
    """One platform.

    Parameters
    ----------
    id : str
        Name of its file.
    definition : LtiDefinition
        What the file says.
    folder : Path
        Where the file is.
    """

    id: str
    definition: LtiDefinition
    folder: Path

    @cached_property
    def keys(self) -> IssuerKeys:
        """Return the platform's public keys."""
        return IssuerKeys(fetcher(self.definition.keys, self.folder))

    @cached_property
    def own_key(self) -> RSAKey:
        """Return this tool's key.

        Raises
        ------
        DefinitionError
            If it is not there, or no RSA key.
        """
        said = self.definition
        path = self.folder / (said.key_file or "")
        where = f"${said.key_env}" if said.key_env else path.name
        try:
            pem = os.environ[said.key_env].encode() if said.key_env else path.read_bytes()
            return RSAKey.import_key(pem, {"kid": f"polku-{self.id}", "use": "sig", "alg": "RS256"})
        except (OSError, KeyError, ValueError, TypeError, JoseError) as error:
            hint = f"put an RSA key (PEM, 2048 bits) into {where}"
            raise DefinitionError(f"platform {self.id} has no key to sign with", got=where, hint=hint) from error


def load_registrations(home: Home) -> dict[str, Registration]:
    """Return the platforms of a home by their ids, in order; each has its key.

    Raises
    ------
    DefinitionError
        If a file or its key does not hold.
    """
    folder = home.root / "serve" / "lti"
    found: dict[str, Registration] = {}
    for path in sorted(folder.glob("*.toml")):
        if NAME.fullmatch(path.stem) is None:
            raise DefinitionError("a platform's file is named in small letters", got=path.name, hint="as moodle.toml")
        made = found[path.stem] = Registration(path.stem, load_toml(path, LtiDefinition), folder)
        made.own_key  # noqa: B018 - a key that is missing is told now rather than at the first launch
    return found
