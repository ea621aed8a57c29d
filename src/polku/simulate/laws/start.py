"""Where a law starts from: who the learners are and what they bring along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.simulate.traits import Traits


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Everything a law needs before the first answer.

    Parameters
    ----------
    traits : Traits
        Of the L learners.
    prerequisites : ndarray of int64, shape (S, P)
        Positions of hard prerequisites, filled up with -1.
    preparation : ndarray of float64, shape (L, S)
        Strength that earlier years have left; zero where a skill was never met.
    last_used : ndarray of float64, shape (L, S)
        When each skill was last used, in days since 1970.
    luck : ndarray of float64, shape (L, S)
        Uniform numbers for laws whose start is drawn.
    """

    traits: Traits
    prerequisites: NDArray[np.int64]
    preparation: NDArray[np.float64]
    last_used: NDArray[np.float64]
    luck: NDArray[np.float64]
