"""``ability``: success filtered against item difficulty, rated online.

θ ← θ + K (score - p), p = 1 / (1 + exp(difficulty - θ)), K = max(floor, gain / (1 + decline · n)) after n
answers: the Elo system for education (Pelánek 2016), a stochastic gradient step of the Rasch model. Since
∂p/∂θ ≤ 1/4, K < 4 keeps ∂θ_new/∂θ = 1 - K ∂p/∂θ above zero: a better answer never ends in a lower θ later.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters

THETA, ANSWERS = range(2)


class AbilityParameters(Parameters):
    """Parameters of ``ability``."""

    gain: Annotated[float, Field(gt=0, lt=4)]
    """Step of the first answer; below 4, or a better answer could lower the rating."""
    decline: Annotated[float, Field(ge=0, le=10)]
    """How fast the step shrinks with the number of answers."""
    floor: Annotated[float, Field(ge=0, lt=4)] = 0.0
    """Smallest step, so that the rating keeps following a learner who learns."""
    against: Literal["nothing", "item"] = "nothing"
    """``item`` reads θ - difficulty of the item at hand: the logit of the expected success."""

    @model_validator(mode="after")
    def _floor_below_gain(self) -> Self:
        if self.floor > self.gain:
            raise ValueError("floor is above gain")
        return self

    def values(self) -> tuple[float, ...]:
        """Return gain, decline, floor, and 1 when read against the item."""
        return (self.gain, self.decline, self.floor, float(self.against == "item"))

    def effect(self) -> int:
        """Return 1: a better answer raises the rating, and no later step undoes it."""
        return 1


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Move the rating by the surprise of one answer."""
    theta: float = table[key, offset + THETA]
    step = max(params[2], params[0] / (1.0 + params[1] * table[key, offset + ANSWERS]))
    expected = 1.0 / (1.0 + math.exp(event.item_difficulty - theta))
    table[key, offset + THETA] = theta + step * (event.correct - expected)
    table[key, offset + ANSWERS] += 1.0


@kernel
def read(table: Floats, key: int, offset: int, params: Floats, event: Event, _known: Known) -> float:
    """Return the rating, or its margin over the item's difficulty."""
    theta: float = table[key, offset + THETA]
    return theta - event.item_difficulty if params[3] == 1.0 else theta


KIND = Kind(
    name="ability",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=2,
    parameters=AbilityParameters,
    update=update,
    read=read,
)
