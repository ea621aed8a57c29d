"""States: a skill is unknown, fragile or lasting; practice moves it up, time lets it go."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from polku.simulate.laws.law import Floats, Indices, Law
from polku.simulate.laws.start import Start

UNKNOWN, FRAGILE, LASTING = 0, 1, 2
LEARN = 0.3
FASTEN = 0.08
FASTEN_SPACED = 0.4
DAYS_KEPT = np.array([1.0, 45.0, 1500.0])


class States(Law):
    """All-or-none learning with a fragile stage, after Atkinson and Crothers (1964).

    An unknown skill becomes fragile by a lucky attempt, whose chance prerequisites gate; a fragile one becomes
    lasting, readily only when at least a day lies between two attempts. Either is lost after an
    exponential time (mean ``DAYS_KEPT``), which is memoryless: it may be drawn when somebody looks.
    Demands play no part: a known skill answers any of its items, up to the item's slip.
    """

    def __init__(self, start: Start) -> None:
        super().__init__(start)
        chance = -np.expm1(-start.preparation)
        self.state = (start.luck < chance).astype(np.int8) + (start.luck < chance**2)

    def knowledge(self, learner: Indices, skill: Indices, now: Floats, demand: Floats) -> Floats:  # noqa: ARG002 - this law knows no demand
        """Return the probability that the skill is still known."""
        state = self.state[learner, skill]
        days = np.maximum(now - self.last[learner, skill], 0.0)
        kept: Floats = np.exp(-days * self.traits.forgetting[learner] / DAYS_KEPT[state])
        return np.where(state == UNKNOWN, 0.0, kept)

    def recall(self, learner: Indices, skill: Indices, now: Floats, demand: Floats, luck: Floats) -> Floats:
        """Draw who has lost the skill since its last use, and return 1 for those who have not."""
        known = luck < self.knowledge(learner, skill, now, demand)
        self.state[learner, skill] = np.where(known, self.state[learner, skill], UNKNOWN)
        return known.astype(np.float64)

    def practise(self, learner: Indices, skill: Indices, now: Floats, luck: Floats) -> None:
        """Move up by at most one state."""
        state = self.state[learner, skill]
        spaced = now - self.last[learner, skill] >= 1.0
        learn = LEARN * self.traits.rate[learner] * self.readiness(learner, skill, now)
        chance = np.where(state == UNKNOWN, learn, np.where(spaced, FASTEN_SPACED, FASTEN))
        self.state[learner, skill] = np.where((state < LASTING) & (luck < chance), state + 1, state)
        self.last[learner, skill] = now

    def expected(self, knowledge: Floats, success: Callable[[Floats], Floats]) -> Floats:
        """Mix success when known with success when unknown."""
        return knowledge * success(np.ones_like(knowledge)) + (1.0 - knowledge) * success(np.zeros_like(knowledge))
