"""The year as rows: who meets which item when, before anybody has answered."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from polku.simulate.config import SimulationConfig
from polku.simulate.items import ItemBank
from polku.simulate.luck import stream
from polku.simulate.school.choices import Moment, draw_items_of
from polku.simulate.school.clock import draw_times
from polku.simulate.school.cohort import Cohort
from polku.simulate.school.programme import Programme
from polku.simulate.school.sessions import draw_sessions
from polku.simulate.school.year import SchoolYear


@dataclass(frozen=True, slots=True, eq=False)
class Diary:
    """Meetings of learners and items, by learner and day; each field has shape (n,).

    Parameters
    ----------
    learner, item : ndarray of int64
        Positions of learners and in the item bank.
    answered_at, known_at : ndarray of int64
        Microseconds UTC.
    duration_s : ndarray of float64
        Seconds; NaN on paper.
    offset : ndarray of int64
        Hours ahead of UTC.
    """

    learner: NDArray[np.int64]
    item: NDArray[np.int64]
    answered_at: NDArray[np.int64]
    known_at: NDArray[np.int64]
    duration_s: NDArray[np.float64]
    offset: NDArray[np.int64]

    def rows(self, which: NDArray[np.int64]) -> Diary:
        """Return chosen rows in the given order."""
        return Diary(*(getattr(self, field.name)[which] for field in fields(self)))


def draw_diary(
    config: SimulationConfig,
    year: SchoolYear,
    cohort: Cohort,
    programme: Programme,
    bank: ItemBank,
    lost: NDArray[np.float64],
) -> Diary:
    """Draw the diary of a year.

    Every draw is made before sessions are `lost` (share per learner, shape (L,)), so that those who lose
    none have the same diary as if nobody did.
    """
    rng = stream(config.seed, "diary")
    sessions = draw_sessions(config, year, cohort, rng)
    learner = np.repeat(sessions.learner, sessions.answers)
    moment = Moment(cohort.group[learner], np.repeat(sessions.day, sessions.answers), cohort.gap[learner])
    item = draw_items_of(moment, programme, year, bank, rng)
    times = draw_times(sessions, cohort.group[sessions.learner], bank.demand[item], year, rng)
    held = rng.random(len(sessions.learner)) >= lost[sessions.learner]
    diary = Diary(learner, item, times.answered_at, times.known_at, times.duration_s, times.offset)
    return diary.rows(np.flatnonzero(np.repeat(held, sessions.answers)))
