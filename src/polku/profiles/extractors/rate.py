"""``rate``: the success rate so far, newer answers counting more.

A Beta-binomial posterior mean with exponentially discounted counts: (m·w + Σ score) / (w + Σ 1), where the
sums fade by the half-life and the prior of weight w and mean m does not.
"""

from __future__ import annotations

from polku.profiles import decay
from polku.profiles.compiled import kernel
from polku.profiles.events import Event, Floats, Known
from polku.profiles.kind import Kind, Parameters
from polku.schemas.features import HalfLife, Prior


class RateParameters(Parameters):
    """Parameters of ``rate``."""

    prior: Prior
    """What is read before the first answer."""
    half_life: HalfLife | None = None
    """How fast answers fade; without it all count the same."""

    def values(self) -> tuple[float, ...]:
        """Return prior mean, prior weight, mode and rate of fading."""
        return (self.prior.mean, self.prior.weight, *decay.encode(self.half_life))

    def effect(self) -> int:
        """Return 1: a better answer raises the rate."""
        return 1


@kernel
def update(table: Floats, key: int, offset: int, params: Floats, event: Event) -> None:
    """Take one score into the fading sums."""
    decay.add(table, key, offset, params[2], params[3], event, event.correct)


@kernel
def read(table: Floats, key: int, offset: int, params: Floats, event: Event, _known: Known) -> float:
    """Return the posterior mean of the success rate."""
    total, weight = decay.sums(table, key, offset, params[2], params[3], event)
    mean: float = params[0]
    prior: float = params[1]
    return (mean * prior + total) / (prior + weight)


KIND = Kind(
    name="rate",
    version=1,
    scopes=frozenset({"learner", "area", "skill", "item"}),
    width=decay.WIDTH,
    parameters=RateParameters,
    update=update,
    read=read,
)
