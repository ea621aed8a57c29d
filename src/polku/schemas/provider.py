"""The schema of ``serve/providers/<id>/provider.toml``: one education provider among many on a platform."""

from __future__ import annotations

import re
from typing import Final

from pydantic import Field

from polku.errors import InputError
from polku.schemas.base import Definition

OID: Final = re.compile(r"1\.2\.246(\.[0-9]{1,20})+", re.ASCII)
"""Finnish object identifiers; those of organisations begin with 1.2.246.562.10, and some have leading zeros."""
PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
"""Ids for trying things out; as a folder's name, one cannot lead out of its folder."""


class ProviderDefinition(Definition):
    """What one provider has of its own; what it leaves out is the platform's."""

    name: str = Field(min_length=1)
    """The provider's name, for those who run the platform."""

    curriculum: str | None = None
    """Name of a curriculum, without its ending; the provider's own ``curricula/`` is looked into first."""

    model: str | None = None
    """Name of the model in ``models/`` whose released bundle serves this provider."""

    language: str | None = Field(default=None, pattern="^(fi|sv|en)$")
    """Language of pages when the reader has asked for none."""


def require_provider_id(provider_id: str, *, production: bool) -> str:
    """Return an id that may name a provider.

    Parameters
    ----------
    provider_id : str
        What to look at.
    production : bool
        Whether only an OID will do.

    Raises
    ------
    InputError
        If it is neither a Finnish OID nor, outside production, a plain word.

    Examples
    --------
    >>> require_provider_id("1.2.246.562.10.346830761110", production=True)
    '1.2.246.562.10.346830761110'
    >>> require_provider_id("demo", production=False)
    'demo'
    """
    if OID.fullmatch(provider_id) or (not production and PLAIN.fullmatch(provider_id)):
        return provider_id
    raise InputError(
        "a provider is named by its OID" if production else "a provider is named by its OID or by a plain word",
        got=repr(provider_id[:80]),
        hint="1.2.246.562.10… as in the national register of organisations",
    )
