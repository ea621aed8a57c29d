"""Occasions to learn that leave no response."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Lessons that learners attended: they teach and nobody records an answer. Each field has shape (n,).

    Parameters
    ----------
    learner, skill : ndarray of int64
        Who, and a position in the curriculum order.
    at : ndarray of int64
        Microseconds UTC.
    """

    learner: Indices
    skill: Indices
    at: Indices

    @classmethod
    def none(cls) -> Lessons:
        """Return no lessons."""
        return cls(*np.empty((3, 0), dtype=np.int64))
