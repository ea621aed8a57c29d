"""Teachers' grades at the end of the year: what a learner knows of it, the school's habit, and chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.simulate.school.places import Places
from polku.simulate.school.programme import taught_to

LOWEST, HIGHEST = 4, 10
TYPICAL, SPREAD, NOISE = 7.6, 1.1, 0.6
"""Points: the grade of typical knowledge, of one standard deviation more, and the chance in a single grade."""
BUILDS_ON, EARLIER = 3, 0.2
"""How many years back a grade looks, and what their skills count beside this year's."""
SUBJECT = "mathematics"


def draw_leniency(places: Places, spread: float, rng: np.random.Generator) -> pd.Series[float]:
    """Draw how many points each school's teachers add, by name of the school; they sum to zero over schools."""
    schools = sorted(set(places.school.tolist()))
    drawn = rng.normal(0.0, 1.0, len(schools))
    return pd.Series(spread * (drawn - drawn.mean()) + 0.0, index=schools, dtype=np.float64)


def teachers_grades(
    places: Places,
    curriculum: Curriculum,
    known: NDArray[np.float64],
    lift: NDArray[np.float64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give every learner a grade on the Finnish scale of 4-10, whether or not they have answered anything.

    Parameters
    ----------
    places : Places
        Learners and their classes.
    curriculum : Curriculum
        Says what the year's skills are.
    known : ndarray of float64, shape (L, S)
        True probability of success on each skill's reference item at the end of the year.
    lift : ndarray of float64, shape (L,)
        Points added to the grade of each learner for what they do not know.
    rng : Generator
        Source of the chance in a grade.

    Returns
    -------
    DataFrame
        ``learner_id, subject, grade, school_id``.
    """
    weight = np.array([_weights(taught_to(curriculum, group), group.grade) for group in places.groups])[places.group]
    level = pd.Series((known * weight).sum(axis=1) / weight.sum(axis=1)).groupby(places.grade)
    place = ((level.obj - level.transform("mean")) / level.transform("std")).fillna(0.0).to_numpy()
    points = TYPICAL + SPREAD * place + lift + rng.normal(0.0, NOISE, len(lift))
    return pd.DataFrame(
        {
            "learner_id": places.learner_ids,
            "subject": SUBJECT,
            "grade": np.clip(np.rint(points), LOWEST, HIGHEST).astype(np.int64),
            "school_id": places.school,
        }
    )


def _weights(taught: NDArray[np.int64], grade: int) -> NDArray[np.float64]:
    """Return how much each skill counts: this year's fully, those of the years it builds on in part."""
    years_ago = grade - taught
    return np.where(years_ago == 0, 1.0, np.where((years_ago > 0) & (years_ago <= BUILDS_ON), EARLIER, 0.0))
