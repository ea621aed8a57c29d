"""The one place where a background may touch what a learner meets, and only when a switch says so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.simulate.config import Planted, SimulationConfig
from polku.simulate.traits import Traits

BASE_RATES = {
    ("area_index", "low"): -0.4,
    ("area_index", "high"): 0.4,
    ("s2", "yes"): -0.7,
    ("support", "pupil_specific"): -0.8,
    ("support", "adapted_syllabus"): -1.5,
    ("birth_quarter", "Q1"): 0.08,
    ("birth_quarter", "Q4"): -0.08,
}
"""Shifts of log level, in its standard deviations, for ``base_rate_gaps``: of the order that PISA 2018
and 2022, Karvi and VATT report for Finland. They say how groups differ in a file, not why."""
LEVEL_SD = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What is planted for each learner; all neutral with no switch set.

    Parameters
    ----------
    burden : ndarray of float64, shape (L,)
        Logits more on word problems.
    harder : ndarray of float64, shape (L,)
        Logits more on the items marked ``HARDER``.
    flatter : ndarray of float64, shape (L,)
        Share of the slope over knowledge that the items marked ``FLATTER`` lose.
    noise : ndarray of float64, shape (L,)
        Share of answers that is a guess.
    lost : ndarray of float64, shape (L,)
        Share of practice sessions that does not take place.
    level : ndarray of float64, shape (L,)
        Factor on preparation.
    harsher : ndarray of float64, shape (L,)
        Points that teachers take off the grade.
    """

    burden: NDArray[np.float64]
    harder: NDArray[np.float64]
    flatter: NDArray[np.float64]
    noise: NDArray[np.float64]
    lost: NDArray[np.float64]
    level: NDArray[np.float64]
    harsher: NDArray[np.float64]

    def on(self, traits: Traits) -> Traits:
        """Return traits with the base rates applied."""
        return replace(traits, level=traits.level * self.level)


def plant(config: SimulationConfig, background: pd.DataFrame) -> Effects:
    """Turn the switches of `config` into effects on the learners of `background`."""
    return Effects(
        burden=_sizes(config.harder_items_for_language, background),
        harder=_sizes(config.harder_items_for, background),
        flatter=_sizes(config.flatter_items_for, background),
        noise=_sizes(config.noisier_answers_for, background),
        lost=_sizes(config.fewer_opportunities_for, background),
        level=_base_rates(background) if config.base_rate_gaps else np.ones(len(background)),
        harsher=_sizes(config.harsher_grades_for, background),
    )


def _sizes(planted: Planted | None, background: pd.DataFrame) -> NDArray[np.float64]:
    """Return the size of a planted inequity for each learner, zero outside its group."""
    if planted is None:
        return np.zeros(len(background))
    member: NDArray[np.bool_] = background[planted.attribute].to_numpy() == planted.group
    return np.where(member, planted.size, 0.0)


def _base_rates(background: pd.DataFrame) -> NDArray[np.float64]:
    """Return the factor on preparation that the groups of each learner add up to."""
    shift = np.zeros(len(background))
    for (attribute, group), size in BASE_RATES.items():
        shift += size * (background[attribute].to_numpy() == group)
    factor: NDArray[np.float64] = np.exp(LEVEL_SD * shift)
    return factor
