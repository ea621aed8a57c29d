"""``residual``: how much better the answers were than the items' difficulty would have it.

Σ (score - expected) / (w + Σ 1) with fading sums, where `expected` is the success of an average learner on that
item, 1 / (1 + exp(difficulty)). It is *not* what was expected of this learner: an expectation that rises with a better
answer would make later residuals fall, and the feature would no longer be monotone.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from polku.profiles import decay
from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters
from polku.schemas.features import HalfLife


class ResidualParameters(Parameters):
    """Parameters of ``residual``."""

    weight: Annotated[float, Field(gt=0, le=1000)]
    """How many answers of exactly the expected success are assumed beforehand."""
    half_life: HalfLife | None = None
    """How fast answers fade; without it all count the same."""

    def values(self) -> tuple[float, ...]:
        """Return prior weight, mode and rate of fading."""
        return (self.weight, *decay.encode(self.half_life))

    def effect(self) -> int:
        """Return 1: a better answer raises the residual."""
        return 1


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Take the surprise of one answer into the fading sums."""
    expected = 1.0 / (1.0 + math.exp(event.item_difficulty))
    decay.add(table, key, offset, params[1], params[2], event, event.correct - expected)


@kernel
def read(table: Floats, key: int, offset: int, params: Floats, event: Event, _known: Known) -> float:
    """Return the mean surprise, drawn towards zero."""
    total, weight = decay.sums(table, key, offset, params[1], params[2], event)
    prior: float = params[0]
    return total / (prior + weight)


KIND = Kind(
    name="residual",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=decay.WIDTH,
    parameters=ResidualParameters,
    update=update,
    read=read,
)
