"""The base of every definition's schema: unknown keys are errors, the text under a field documents it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Definition(BaseModel):
    """A frozen value read from one TOML file or table."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
