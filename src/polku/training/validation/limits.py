"""The limits of a model's validation, as its home declares them."""

from __future__ import annotations

from typing import Final

from polku.home import Home, digest, load_toml
from polku.schemas.validation import ValidationLimits
from polku.training.sealed import canonical_json

FILE: Final = "validation.toml"


def load_limits(home: Home, model: str) -> ValidationLimits:
    """Return the limits of ``models/<model>/validation.toml``.

    Raises
    ------
    DefinitionError
        If the file is not there, does not hold, or leaves a check out.

    Examples
    --------
    >>> load_limits(Home.find(), "mastery").checks["difficulty"].outcome
    'block'
    """
    return load_toml(home.models / model / FILE, ValidationLimits)


def limits_hash(limits: ValidationLimits) -> str:
    """Return the SHA-256 of what the limits say, whatever the layout of their file."""
    return digest(canonical_json(limits.model_dump(mode="json")))
