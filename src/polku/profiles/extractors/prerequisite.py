"""``prerequisite``: what has been shown of the skills this one directly stands on.

The fading success rate (as in ``rate``) of each direct hard prerequisite, then the mean or the minimum over
them. A skill without prerequisites has none to show: missing.
"""

from __future__ import annotations

import math
from typing import Literal

from polku.profiles import decay
from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters
from polku.schemas.features import HalfLife, Prior


class PrerequisiteParameters(Parameters):
    """Parameters of ``prerequisite``."""

    prior: Prior
    """What is read of a prerequisite before its first answer."""
    half_life: HalfLife | None = None
    """How fast answers fade; without it all count the same."""
    over: Literal["mean", "min"] = "mean"
    """How the prerequisites of one skill are brought together."""

    def values(self) -> tuple[float, ...]:
        """Return prior mean, prior weight, mode and rate of fading, and 1 for the minimum."""
        return (self.prior.mean, self.prior.weight, *decay.encode(self.half_life), float(self.over == "min"))

    def effect(self) -> int:
        """Return 1: a better answer raises a rate, and with it their mean or minimum."""
        return 1


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Take one score into the skill's own sums, for the skills that stand on it."""
    decay.add(table, key, offset, params[2], params[3], event, event.correct)


@kernel
def read(table: Floats, _key: int, offset: int, params: Floats, event: Event, known: Known) -> float:
    """Return the mean or the minimum of the prerequisites' success rates; NaN when there are none."""
    first, last = known.graph.indptr[event.node], known.graph.indptr[event.node + 1]
    if first == last:
        return math.nan
    mean: float = params[0]
    prior: float = params[1]
    total, least = 0.0, math.inf
    for index in range(first, last):
        shown, weight = decay.sums(table, known.graph.indices[index], offset, params[2], params[3], event)
        rate = (mean * prior + shown) / (prior + weight)
        total += rate
        least = min(least, rate)
    if math.isnan(total):  # by days, and without a clock
        return math.nan
    return least if params[4] == 1.0 else total / (last - first)


KIND = Kind(
    name="prerequisite",
    version=1,
    scopes=frozenset({"skill"}),
    width=decay.WIDTH,
    parameters=PrerequisiteParameters,
    update=update,
    read=read,
)
