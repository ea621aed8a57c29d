"""Which item comes next in a session: the unit of the day, a revisit, or something from earlier grades."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.simulate.items import ItemBank
from polku.simulate.school.programme import Programme
from polku.simulate.school.year import SchoolYear

Indices = NDArray[np.int64]
REVISIT = 0.2
EARLIER, EARLIER_WITH_GAP = 0.12, 0.45


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Where n answers fall: each field has shape (n,).

    Parameters
    ----------
    group : ndarray of int64
        Group of the learner.
    day : ndarray of int64
        Position of the school day.
    gap : ndarray of bool
        Whether the learner returns to earlier grades a good deal.
    """

    group: Indices
    day: Indices
    gap: NDArray[np.bool_]


def draw_items_of(
    moment: Moment, programme: Programme, year: SchoolYear, bank: ItemBank, rng: np.random.Generator
) -> Indices:
    """Choose an item for each answer.

    Returns
    -------
    ndarray of int64, shape (n,)
        Positions in the bank.
    """
    skill = _skills(moment, programme, year, rng.random((3, len(moment.day))))
    size = bank.start[skill + 1] - bank.start[skill]
    chosen: Indices = bank.start[skill] + (rng.random(len(skill)) * size).astype(np.int64)
    return chosen


def _skills(moment: Moment, programme: Programme, year: SchoolYear, luck: NDArray[np.float64]) -> Indices:
    """Choose a skill for each answer; revisits fall on the year's past units, returns mostly on recent grades."""
    kind, past, back = luck
    unit = (year.share_gone[moment.day] * programme.unit_count[moment.group]).astype(np.int64)
    unit = np.where(kind < REVISIT, (past * unit).astype(np.int64), unit)
    earlier = programme.earlier_count[moment.group]
    backward = earlier - 1 - (back**2 * earlier).astype(np.int64)
    goes_back = (kind >= 1.0 - np.where(moment.gap, EARLIER_WITH_GAP, EARLIER)) & (earlier > 0)
    skill: Indices = np.where(
        goes_back, programme.earlier[moment.group, np.maximum(backward, 0)], programme.units[moment.group, unit]
    )
    return skill
