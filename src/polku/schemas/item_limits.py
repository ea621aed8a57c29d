"""The schema of ``[items]`` in ``models/*/gates.toml``: how large a difference in an item is large."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from polku.schemas.base import Definition

Delta = Annotated[float, Field(gt=0, le=10)]
Share = Annotated[float, Field(gt=0, lt=1)]


class ItemLimits(Definition):
    """From where on an item is watched (class B), and from where on it leaves the evidence (class C).

    The defaults are the published ones: ETS for uniform DIF (Holland & Thayer 1988; Zwick 2012), Dorans & Holland
    (1993) for differences in shares right.

    Examples
    --------
    >>> ItemLimits().large
    1.5
    """

    watched: Delta = 1.0
    """Absolute D-DIF from which an item is watched; a large one lies beyond this by a one-sided test."""

    large: Delta = 1.5
    """Absolute D-DIF from which an item leaves the evidence until a person has read it."""

    beyond: Annotated[float, Field(ge=0, le=5)] = 1.645
    """Standard errors by which a large D-DIF lies beyond `watched`; 1.645 is one-sided five per cent."""

    watched_curves: Share = 0.05
    """Mean distance between the curves of group and rest, in shares right, from which an item is watched."""

    large_curves: Share = 0.10
    """Mean distance from which an item leaves the evidence."""

    @model_validator(mode="after")
    def _large_beyond_watched(self) -> Self:
        for watched, large in (("watched", "large"), ("watched_curves", "large_curves")):
            if getattr(self, large) < getattr(self, watched):
                raise ValueError(f"{large} may not lie below {watched}")
        return self
