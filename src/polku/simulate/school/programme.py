"""What a class is taught, unit after unit, and what it can go back to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.simulate.school.places import Group


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Skills of G groups as positions in the curriculum order, one group a row, filled up with -1.

    Parameters
    ----------
    units : ndarray of int64, shape (G, U)
        The year's skills in the order of teaching.
    unit_count : ndarray of int64, shape (G,)
        How many of them.
    earlier : ndarray of int64, shape (G, E)
        Skills of earlier grades in curriculum order.
    earlier_count : ndarray of int64, shape (G,)
        How many of them.
    """

    units: NDArray[np.int64]
    unit_count: NDArray[np.int64]
    earlier: NDArray[np.int64]
    earlier_count: NDArray[np.int64]


NEVER = 99
"""Grade of a skill that is not taught to a group at all."""


def programme_of(groups: tuple[Group, ...], curriculum: Curriculum) -> Programme:
    """Lay out the year of every group.

    Raises
    ------
    InputError
        If a grade has no skill to teach.
    """
    units = [_skills(curriculum, group, range(group.grade, group.grade + 1)) for group in groups]
    earlier = [_skills(curriculum, group, range(1, group.grade)) for group in groups]
    for group, skills in zip(groups, units, strict=True):
        if not skills:
            hint = "leave the grade out, or give a curriculum whose skills have grades"
            raise InputError(f"the curriculum has no skill of grade {group.grade}", got=curriculum, hint=hint)
    return Programme(_table(units), _lengths(units), _table(earlier), _lengths(earlier))


def taught_to(curriculum: Curriculum, group: Group) -> NDArray[np.int64]:
    """Return the grade in which each skill was or is taught to a group, and ``NEVER`` where it never is.

    Returns
    -------
    ndarray of int64, shape (S,)
        Over the curriculum order.
    """
    mine = set(curriculum.order) if group.syllabus is None else set(curriculum.in_syllabus(group.syllabus))
    grades = (curriculum.skills[skill].grade if skill in mine else None for skill in curriculum.order)
    return np.array([NEVER if grade is None else grade for grade in grades], dtype=np.int64)


def _skills(curriculum: Curriculum, group: Group, grades: range) -> list[int]:
    """Return the skills that a group is taught in these grades."""
    taught = taught_to(curriculum, group)
    return np.flatnonzero((taught >= grades.start) & (taught < grades.stop)).tolist()


def _lengths(rows: list[list[int]]) -> NDArray[np.int64]:
    """Return the length of each row."""
    return np.array([len(row) for row in rows], dtype=np.int64)


def _table(rows: list[list[int]]) -> NDArray[np.int64]:
    """Fill rows up with -1."""
    table = np.full((len(rows), max(1, *map(len, rows), 1)), -1, dtype=np.int64)
    for line, row in zip(table, rows, strict=True):
        line[: len(row)] = row
    return table
