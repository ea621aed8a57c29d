"""Strength: what is practised grows, slower the more there is; what rests fades by a power law."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from polku.simulate.laws.law import Floats, Indices, Law
from polku.simulate.laws.start import Start

DECAY = 0.32
GAIN = 0.58
SPACING = 0.6
SHAPE = 1.5


class Strength(Law):
    """Storage strength and retrieval, after the new theory of disuse (Bjork and Bjork 1992).

    Each pair of learner and skill has a storage strength that never falls. What can be retrieved of it
    is ``strength * (1 + days)^-d`` with ``d = DECAY * forgetting / (1 + strength)``: a power law of
    forgetting (Wixted and Ebbesen 1991) that is gentler on what is well stored. An attempt adds
    more when the skill had faded (the spacing effect) and less when much is stored; prerequisites gate it.
    Knowledge against a demand is the Weibull psychometric function ``1 - exp(-(retrieval / demand)^SHAPE)``.
    """

    def __init__(self, start: Start) -> None:
        super().__init__(start)
        self.strength = start.preparation.copy()

    def retrieval(self, learner: Indices, skill: Indices, now: Floats) -> Floats:
        """Return what can be retrieved now, in the unit of strength."""
        stored = self.strength[learner, skill]
        days = np.maximum(now - self.last[learner, skill], 0.0)
        left: Floats = stored * (1.0 + days) ** (-DECAY * self.traits.forgetting[learner] / (1.0 + stored))
        return left

    def knowledge(self, learner: Indices, skill: Indices, now: Floats, demand: Floats) -> Floats:
        """Return knowledge by the psychometric function."""
        known: Floats = -np.expm1(-((self.retrieval(learner, skill, now) / demand) ** SHAPE))
        return known

    def recall(self, learner: Indices, skill: Indices, now: Floats, demand: Floats, luck: Floats) -> Floats:  # noqa: ARG002 - this law recalls without luck
        """Return knowledge: a strength is not drawn."""
        return self.knowledge(learner, skill, now, demand)

    def practise(self, learner: Indices, skill: Indices, now: Floats, luck: Floats) -> None:  # noqa: ARG002 - this law learns without luck
        """Add to the strength and make all of it retrievable."""
        stored = self.strength[learner, skill]
        fresh = self.retrieval(learner, skill, now) / np.maximum(stored, 1e-9)
        speed = GAIN * self.traits.rate[learner] * self.readiness(learner, skill, now)
        self.strength[learner, skill] = stored + speed * (1.0 - SPACING * fresh) / (1.0 + stored)
        self.last[learner, skill] = now

    def expected(self, knowledge: Floats, success: Callable[[Floats], Floats]) -> Floats:
        """Return success at this knowledge: nothing about it is uncertain."""
        return success(knowledge)
