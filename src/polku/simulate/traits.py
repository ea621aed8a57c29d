"""What differs between learners: how fast they learn, how fast they forget, how steadily they attend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """Hidden traits as columns of shape (L,), drawn without a look at anybody's background.

    Parameters
    ----------
    rate : ndarray of float64
        Factor on what one attempt teaches; median 1.
    forgetting : ndarray of float64
        Factor on the pace of forgetting; median 1.
    attention : ndarray of float64
        Share of answers that are more than a guess, 0.85-1.
    level : ndarray of float64
        Factor on what earlier school years have left; median 1, correlated with `rate`.
    """

    rate: NDArray[np.float64]
    forgetting: NDArray[np.float64]
    attention: NDArray[np.float64]
    level: NDArray[np.float64]


def draw_traits(learners: int, rng: np.random.Generator) -> Traits:
    """Draw the traits of `learners` learners."""
    common, own, memory = rng.normal(size=(3, learners))
    return Traits(
        rate=np.exp(0.35 * common),
        forgetting=np.exp(0.25 * memory),
        attention=0.85 + 0.15 * rng.beta(5.0, 2.0, learners),
        level=np.exp(0.4 * (0.6 * common + 0.8 * own)),
    )
