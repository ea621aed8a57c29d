"""The interface of a law, and what all laws share: prerequisites gate the speed of learning."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self

import numpy as np
from numpy.typing import NDArray

from polku.simulate.laws.start import Start

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

UNREADY = 0.25
"""Share of the learning speed that is left when a prerequisite is wholly unknown."""


class Law(ABC):
    """Hidden state of L learners over S skills; ``learner[i], skill[i]`` name the pairs asked about.

    All arguments are arrays of one shape (n,); a learner occurs at most once in a call that changes
    state. Times are days since 1970 and never run backwards for a learner.
    """

    def __init__(self, start: Start) -> None:
        self.traits = start.traits
        self.prerequisites = start.prerequisites
        self.last = start.last_used.copy()

    @abstractmethod
    def knowledge(self, learner: Indices, skill: Indices, now: Floats, demand: Floats) -> Floats:
        """Return the expected knowledge (0-1) in the face of `demand`; changes nothing."""

    @abstractmethod
    def recall(self, learner: Indices, skill: Indices, now: Floats, demand: Floats, luck: Floats) -> Floats:
        """Return the knowledge (0-1) that an attempt made now meets, bringing the state up to `now`."""

    @abstractmethod
    def practise(self, learner: Indices, skill: Indices, now: Floats, luck: Floats) -> None:
        """Let each learner learn from one occasion: an attempt with feedback, right or wrong, or a lesson."""

    @abstractmethod
    def expected(self, knowledge: Floats, success: Callable[[Floats], Floats]) -> Floats:
        """Return the expectation of `success`, a function of recalled knowledge, at expected `knowledge`."""

    def copy(self) -> Self:
        """Return a law with a state of its own, for what-if runs."""
        twin = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                setattr(twin, name, value.copy())
        return twin

    def readiness(self, learner: Indices, skill: Indices, now: Floats) -> Floats:
        """Return the factor on learning speed: from ``UNREADY`` to 1 with the least known prerequisite."""
        before = self.prerequisites[skill]
        n, most = before.shape
        known = self.knowledge(
            np.repeat(learner, most), np.maximum(before, 0).ravel(), np.repeat(now, most), np.ones(n * most)
        ).reshape(n, most)
        least = np.where(before >= 0, known, 1.0).min(axis=1)
        factor: Floats = UNREADY + (1.0 - UNREADY) * least
        return factor
