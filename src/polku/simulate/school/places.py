"""Schools, classes and their teachers: who learns where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from string import ascii_uppercase

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.simulate.config import SimulationConfig
from polku.simulate.school.year import SchoolYear

SCHOOLS = (
    *("Koivurannan koulu", "Tuulimäen koulu", "Lehtopuiston koulu", "Kivipuron koulu", "Aurinkoharjun koulu"),
    *("Pihlajalammen koulu", "Metsätähden koulu", "Sudenkorven koulu", "Hiekkalahden koulu", "Kuusikummun koulu"),
)
UPPER_SECONDARY = "Sinijärven lukio"
FIRST_UPPER, CLASS_TEACHER_UNTIL = 10, 6
LEARNERS_UPPER = 0.65
GROUPS_PER_TEACHER = 4
HANDOVER_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Group:
    """A class that is taught together.

    Parameters
    ----------
    id : str
        Unique in the municipality, for example ``7A``.
    grade : int
        1-12.
    school : str
        Name of its school.
    syllabus : str or None
        ``long`` or ``short`` in upper secondary where the curriculum tells them apart.
    """

    id: str
    grade: int
    school: str
    syllabus: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Groups, and the learners in them.

    Parameters
    ----------
    groups : tuple of Group
        G groups, by grade.
    learner_ids : ndarray of object, shape (L,)
        Ids that tell nothing, in order.
    group : ndarray of int64, shape (L,)
        Group of each learner.
    """

    groups: tuple[Group, ...]
    learner_ids: NDArray[np.object_]
    group: NDArray[np.int64]

    @property
    def grade(self) -> NDArray[np.int64]:
        """Return the grade of each learner."""
        return np.array([group.grade for group in self.groups])[self.group]

    @property
    def school(self) -> NDArray[np.object_]:
        """Return the school of each learner."""
        return np.array([group.school for group in self.groups], dtype=object)[self.group]

    def roster(self) -> pd.DataFrame:
        """Return the roster: learner, grade, group, school."""
        groups = [self.groups[index] for index in self.group]
        return pd.DataFrame(
            {
                "learner_id": self.learner_ids,
                "grade": self.grade,
                "group_id": [group.id for group in groups],
                "school_id": [group.school for group in groups],
            }
        )


def draw_places(config: SimulationConfig, curriculum: Curriculum, rng: np.random.Generator) -> Places:
    """Share the learners out over grades and groups; ids are dealt at random, so they tell no grade."""
    weights = np.array([LEARNERS_UPPER if grade >= FIRST_UPPER else 1.0 for grade in config.grades])
    upto = np.rint(np.cumsum(weights) / weights.sum() * config.learners).astype(np.int64)
    groups: list[Group] = []
    members: list[int] = []
    for grade, count in zip(config.grades, np.diff(upto, prepend=0).tolist(), strict=True):
        added = _groups_of(grade, count, config, curriculum)
        members += [len(groups) + k * len(added) // count for k in range(count)]
        groups += added
    width = max(4, len(str(config.learners)))
    ids = np.array([f"L{k + 1:0{width}d}" for k in range(config.learners)], dtype=object)
    return Places(tuple(groups), ids, rng.permutation(np.array(members, dtype=np.int64)))


def draw_teachers(places: Places, year: SchoolYear, rng: np.random.Generator) -> pd.DataFrame:
    """Give every group a teacher; now and then one hands over to another at the turn of the year."""
    rows: list[tuple[str, str, date, date | None]] = []
    turn = date(year.starts.year + 1, 1, 7)
    teachers = shared = 0
    for group, handover in zip(places.groups, rng.random(len(places.groups)), strict=True):
        own = group.grade <= CLASS_TEACHER_UNTIL or shared % GROUPS_PER_TEACHER == 0
        shared += group.grade > CLASS_TEACHER_UNTIL
        teachers += own
        if handover < HANDOVER_SHARE and turn < year.until:
            rows.append((f"T{teachers:03d}", group.id, year.starts, date(year.starts.year, 12, 20)))
            teachers += 1
            rows.append((f"T{teachers:03d}", group.id, turn, None))
        else:
            rows.append((f"T{teachers:03d}", group.id, year.starts, None))
    return pd.DataFrame(rows, columns=["teacher_id", "group_id", "starts_on", "ends_on"])


def _groups_of(grade: int, learners: int, config: SimulationConfig, curriculum: Curriculum) -> list[Group]:
    """Return the groups of one grade, dealt out over schools and syllabuses."""
    syllabuses = _syllabuses(grade, curriculum)
    count = max(len(syllabuses), round(learners / config.group_size))
    schools = [UPPER_SECONDARY] if grade >= FIRST_UPPER else [_school(k) for k in range(config.schools)]
    return [
        Group(f"{grade}{_letters(k)}", grade, schools[k * len(schools) // count], syllabuses[k % len(syllabuses)])
        for k in range(count)
    ]


def _school(index: int) -> str:
    """Return an invented name, numbered once they run out."""
    again, name = divmod(index, len(SCHOOLS))
    return f"{SCHOOLS[name]} {again + 1}" if again else SCHOOLS[name]


def _syllabuses(grade: int, curriculum: Curriculum) -> tuple[str | None, ...]:
    """Return the syllabuses that a grade is taught in; those without skills of their own there are not."""
    found = {skill.syllabus for skill in curriculum.skills.values() if skill.grade == grade}
    return tuple(name for name in ("long", "short") if name in found) or (None,)


def _letters(index: int) -> str:
    """Return the name of a class in its grade: A, B, …, Z, AA, AB and so on."""
    head, tail = divmod(index, len(ascii_uppercase))
    return (_letters(head - 1) if head else "") + ascii_uppercase[tail]
