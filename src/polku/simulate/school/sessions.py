"""Who works on tasks on which day, and how much; absence is only work that is not there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.errors import DefinitionError
from polku.simulate.config import SimulationConfig
from polku.simulate.school.cohort import Cohort
from polku.simulate.school.timetable import PRESENT
from polku.simulate.school.year import SchoolYear

Indices = NDArray[np.int64]
ANSWERS_PER_SESSION = 4
LESSONS_PER_WEEK = 4
LEAST_DIGITAL = 0.05
NEWCOMER_ANSWERS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """Stretches of work on the tasks of one day.

    Parameters
    ----------
    learner, day : ndarray of int64, shape (n,)
        Who, and on which school day; sorted by both.
    answers : ndarray of int64, shape (n,)
        How many answers, at least one.
    """

    learner: Indices
    day: Indices
    answers: Indices


def draw_sessions(config: SimulationConfig, year: SchoolYear, cohort: Cohort, rng: np.random.Generator) -> Sessions:
    """Draw the sessions of a year: exactly ``learners * responses_per_learner`` answers in all.

    Raises
    ------
    DefinitionError
        If nobody works on any day before the extract.
    """
    fresh = _first_answers(year, cohort, rng)
    weights = _opportunities(config, year, cohort, rng)
    if not weights.any():
        hint = "give a later day, more learners, or a smaller silent_share"
        raise DefinitionError("nobody answers anything before the extract", got=config.until, hint=hint)
    total = config.learners * config.responses_per_learner - int(fresh.sum())
    drawn = fresh + rng.multinomial(total, (weights / weights.sum()).ravel()).reshape(weights.shape)
    learner, day = np.nonzero(drawn)
    return Sessions(learner, day, drawn[learner, day])


def _opportunities(
    config: SimulationConfig, year: SchoolYear, cohort: Cohort, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the weight of each learner's work on each school day, shape (L, D).

    A class has mathematics on four days a week and works on digital tasks in every so-many-th lesson.
    Learners differ in how much they do.
    """
    groups = int(cohort.group.max()) + 1
    weekday = (year.days.astype(np.int64) + 3) % 7
    free = rng.integers(0, 5, size=groups)
    lessons = weekday[None, :] != free[:, None]
    wanted = config.responses_per_learner / ANSWERS_PER_SESSION / (PRESENT * len(year.days) * LESSONS_PER_WEEK / 5)
    digital = lessons & _every_so_often(lessons, max(wanted, LEAST_DIGITAL), rng.random(groups))
    activity = rng.gamma(8.0, size=len(cohort.group)) * ~(cohort.silent | cohort.newcomer)
    present = rng.random((len(cohort.group), len(year.days))) < PRESENT
    weights: NDArray[np.float64] = activity[:, None] * present * digital[cohort.group]
    return weights


def _every_so_often(lessons: NDArray[np.bool_], share: float, phase: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Choose a share of each group's lessons (G, D), spread evenly, so that no unit goes without tasks."""
    upto = lessons.cumsum(axis=1) * share + phase[:, None]
    return np.floor(upto) > np.floor(upto - share)


def _first_answers(year: SchoolYear, cohort: Cohort, rng: np.random.Generator) -> Indices:
    """Give newcomers one to three answers on a day of the last school week; shape (L, D)."""
    answers = np.zeros((len(cohort.group), len(year.days)), dtype=np.int64)
    week = np.flatnonzero(year.days > year.days[-1] - np.timedelta64(7, "D"))
    who = np.flatnonzero(cohort.newcomer)
    answers[who, rng.choice(week, size=len(who))] = rng.integers(1, NEWCOMER_ANSWERS, endpoint=True, size=len(who))
    return answers
