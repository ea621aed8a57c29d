"""One choice among scored skills: the best one, or a declared share of draws among the nearly best."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from polku.paths.terrain import Mask, Numbers


@dataclass(eq=False)
class Chooser:
    """Chooses one skill at a time and keeps with what probability it might have chosen each.

    Parameters
    ----------
    value : float64 array, shape (n,)
        What each skill is worth.
    margin : float
        Skills within this much of the best are equally acceptable.
    share : float
        Share of choices drawn among the acceptable ones; 0 always takes the best.
    seed : int
        Of the draws.

    Attributes
    ----------
    propensity : dict of int to float
        By position: the probability with which it was offered, given the choices made before.

    Examples
    --------
    >>> chooser = Chooser(np.array([0.2, 0.9, 0.8]), margin=0.1, share=0.0, seed=0)
    >>> chooser.choose(np.array([True, True, True])), chooser.propensity
    (1, {1: 1.0})
    """

    value: Numbers
    margin: float
    share: float
    seed: int
    propensity: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Seed the draws, if there are any."""
        self._random = np.random.default_rng(self.seed) if self.share else None

    def take(self, place: int) -> None:
        """Note a skill that is offered without a choice."""
        self.propensity[place] = 1.0

    def choose(self, mask: Mask) -> int | None:
        """Return the position of the chosen skill in `mask`, the earlier of equals; None where it is empty."""
        places = np.flatnonzero(mask)
        if not len(places):
            return None
        values = self.value[places]
        best = int(places[values.argmax()])
        if self._random is None:
            self.take(best)
            return best
        return self._draw(self._random, places[values >= values.max() - self.margin].tolist(), best)

    def _draw(self, random: np.random.Generator, acceptable: list[int], best: int) -> int:
        """Draw one of the acceptable with the declared share, else take the best."""
        explored = acceptable[random.integers(len(acceptable))]
        chosen = explored if random.random() < self.share else best
        for place in acceptable:
            chance = self.share / len(acceptable) + (1.0 - self.share) * (place == best)
            missed = 1.0 - self.propensity.get(place, 0.0)
            self.propensity[place] = 1.0 - missed * (1.0 - chance)
        return chosen
