"""Vendors as their files describe them, with the secrets that their links are signed with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from polku.errors import DefinitionError, NotFoundError, nearest
from polku.home import Home, load_toml
from polku.schemas.vendor import NAME, VendorDefinition

LEAST_SECRET: Final = 32
"""Characters of a secret: with fewer, HMAC-SHA256 would be weaker than it could be (RFC 7518, 3.2)."""


@dataclass(frozen=True)
class Vendor:
    """One vendor.

    Parameters
    ----------
    id : str
        Name of its file.
    definition : VendorDefinition
        What the file says.
    folder : Path
        Where the file is.
    """

    id: str
    definition: VendorDefinition
    folder: Path

    def secret(self) -> str:
        """Return what its links are signed with.

        Raises
        ------
        DefinitionError
            If it is not there, or too short to sign with.
        """
        said = self.definition
        if said.secret_env is not None:
            where, found = f"${said.secret_env}", os.environ.get(said.secret_env, "")
        else:
            path = self.folder / (said.secret_file or "")
            where, found = path.name, path.read_text(encoding="utf-8").strip() if path.is_file() else ""
        if len(found) < LEAST_SECRET:
            hint = f"put at least {LEAST_SECRET} random characters into {where}"
            raise DefinitionError(f"vendor {self.id} has no secret to sign with", got=where, hint=hint)
        return found

    def catalogue_path(self) -> Path | None:
        """Return the file of its catalogue, where it names one."""
        return None if self.definition.catalogue is None else self.folder / self.definition.catalogue


def load_vendors(home: Home) -> dict[str, Vendor]:
    """Return the vendors of a home by their ids, in order.

    Raises
    ------
    DefinitionError
        If a file does not hold, or in production a launch does not lead to an https address.
    """
    folder, production = home.root / "serve" / "vendors", home.common.settings().production
    found: dict[str, Vendor] = {}
    for path in sorted(folder.glob("*.toml")):
        if NAME.fullmatch(path.stem) is None:
            raise DefinitionError("a vendor's file is named in small letters", got=path.name, hint="as math-lab.toml")
        vendor = Vendor(path.stem, load_toml(path, VendorDefinition), folder)
        if production and not vendor.definition.open_internet:
            launch = vendor.definition.launch
            raise DefinitionError(f"{path.name}: launch is not https", got=launch, hint="https://… in production")
        found[vendor.id] = vendor
    return found


def vendor_of(home: Home, vendor_id: str) -> Vendor:
    """Return one vendor.

    Raises
    ------
    NotFoundError
        If there is no such vendor.
    """
    vendors = load_vendors(home)
    if vendor_id not in vendors:
        raise NotFoundError("no such vendor", got=vendor_id, hint=nearest(vendor_id, vendors))
    return vendors[vendor_id]
