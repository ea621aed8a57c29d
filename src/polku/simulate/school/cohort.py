"""Which learners the year finds in which class, and those whom it finds differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.simulate.config import SimulationConfig


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """The L learners as the school year sees them; each field has shape (L,).

    Parameters
    ----------
    group : ndarray of int64
        Position of the learner's group.
    silent : ndarray of bool
        Answers nothing all year.
    newcomer : ndarray of bool
        Joined in the last school week.
    gap : ndarray of bool
        Has gaps of earlier grades and often returns to them.
    """

    group: NDArray[np.int64]
    silent: NDArray[np.bool_]
    newcomer: NDArray[np.bool_]
    gap: NDArray[np.bool_]


def draw_cohort(config: SimulationConfig, group: NDArray[np.int64], rng: np.random.Generator) -> Cohort:
    """Draw who is silent or new (shares of `config`, rounded to learners, nobody both) and who has gaps."""
    place = rng.permutation(config.learners)
    silent, newcomer = round(config.silent_share * config.learners), round(config.newcomer_share * config.learners)
    is_new = (place >= silent) & (place < silent + newcomer)
    return Cohort(group, place < silent, is_new, rng.random(config.learners) < config.gap_share)
