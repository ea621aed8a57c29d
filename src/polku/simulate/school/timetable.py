"""Lessons: what a class is taught before and beside the tasks, and who was there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polku.simulate.occasions import Lessons
from polku.simulate.school.cohort import Cohort
from polku.simulate.school.programme import Programme
from polku.simulate.school.year import HOUR, SchoolYear

Indices = NDArray[np.int64]
PER_UNIT = 3
PRESENT = 0.94
FIRST_LESSON = 8 * HOUR


def draw_lessons(programme: Programme, year: SchoolYear, cohort: Cohort, rng: np.random.Generator) -> Lessons:
    """Teach every unit on its first school days; newcomers were elsewhere."""
    group, day, skill = _plan(programme, year)
    here = np.flatnonzero(~cohort.newcomer)
    first, upto = (np.searchsorted(group, cohort.group[here], side) for side in ("left", "right"))
    learner = np.repeat(here, upto - first)
    lesson = np.arange(len(learner)) + np.repeat(upto - np.cumsum(upto - first), upto - first)
    present = rng.random(len(learner)) < PRESENT
    learner, lesson = learner[present], lesson[present]
    return Lessons(learner, skill[lesson], year.midnight[day[lesson]] + FIRST_LESSON)


def _plan(programme: Programme, year: SchoolYear) -> tuple[Indices, Indices, Indices]:
    """Return group, school day and skill of every lesson before the extract, by group."""
    group, unit = np.nonzero(programme.units >= 0)
    first = np.searchsorted(year.share_gone, unit / programme.unit_count[group])
    group, unit, first = (np.repeat(values, PER_UNIT) for values in (group, unit, first))
    day = first + np.tile(np.arange(PER_UNIT), len(first) // PER_UNIT)
    held = day < len(year.days)
    return group[held], day[held], programme.units[group, unit][held]
