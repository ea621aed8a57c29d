"""What earlier school years have left behind when the simulated year begins."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.simulate.items import prerequisite_table
from polku.simulate.laws import Start
from polku.simulate.laws.law import UNREADY
from polku.simulate.school.places import Places
from polku.simulate.school.programme import taught_to
from polku.simulate.school.year import SchoolYear
from polku.simulate.traits import Traits

TAUGHT = 3.5
GLIMPSE = 0.1
GAP_YEARS, GAP_LEFT = 3, 0.35


def draw_start(
    curriculum: Curriculum,
    places: Places,
    year: SchoolYear,
    traits: Traits,
    gap: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Start:
    """Draw what each learner brings along.

    A skill of an earlier grade was learned to the learner's level, less where its prerequisites had been,
    and was last used some time between its grade and now. Learners with a gap kept only a part of the
    last few years. Skills of this grade and later are hardly known.
    """
    before = prerequisite_table(curriculum)
    taught = np.array([taught_to(curriculum, group) for group in places.groups])[places.group]
    years_ago = np.where(taught < places.grade[:, None], places.grade[:, None] - taught, 0)
    spread = np.exp(rng.normal(0.0, 0.4, taught.shape))
    kept = np.where(gap[:, None] & (years_ago > 0) & (years_ago <= GAP_YEARS), GAP_LEFT, 1.0)
    preparation = np.zeros(taught.shape)
    for skill in range(taught.shape[1]):
        known = -np.expm1(-preparation[:, before[skill]])
        ready = UNREADY + (1.0 - UNREADY) * np.where(before[skill] >= 0, known, 1.0).min(axis=1)
        amount = np.where(years_ago[:, skill] > 0, TAUGHT * ready, GLIMPSE)
        preparation[:, skill] = amount * traits.level * spread[:, skill] * kept[:, skill]
    today = (year.starts - date(1970, 1, 1)).days
    last_used = today - 70.0 - 365.0 * np.maximum(years_ago - 1, 0) * rng.random(taught.shape)
    return Start(traits, before, preparation, last_used, rng.random(taught.shape))
