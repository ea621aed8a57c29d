"""Where skills stand in the curriculum, in the form the driver reads; unknown skills stand nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple
from weakref import WeakKeyDictionary

from polku.curriculum import Curriculum
from polku.profiles.events import BLANK, Floats, Graph, Integers, floats, integers
from polku.profiles.item_statistics import ItemStatistics


def area_of(skill_id: str, curriculum: Curriculum) -> str:
    """Return the area of a skill, empty for a skill without one or outside the curriculum."""
    skill = curriculum.skills.get(skill_id)
    return "" if skill is None else skill.area


class Asked(NamedTuple):
    """What of the skills of a question is the same for every learner; `n` skills, `m` prerequisites together.

    Parameters
    ----------
    reference, difficulty : float64[n]
        Of each skill's reference item, and of the skill.
    areas : tuple of str
        Area of each skill, empty for none.
    before : tuple of str
        Prerequisites, those of the first skill first; `m` of them.
    start : int64[n + 1]
        Where each skill's prerequisites begin.
    """

    reference: Floats
    difficulty: Floats
    areas: tuple[str, ...]
    before: tuple[str, ...]
    start: Integers


_WHOLE: WeakKeyDictionary[Curriculum, tuple[ItemStatistics, Asked]] = WeakKeyDictionary()


def asked_of(skill_ids: Sequence[str], curriculum: Curriculum, statistics: ItemStatistics) -> Asked:
    """Return what is the same for every learner; of a whole curriculum it is known from the last time."""
    whole = _WHOLE.get(curriculum) if skill_ids is curriculum.order else None
    if whole is not None and whole[0] is statistics:
        return whole[1]
    skills = [curriculum.skills.get(skill_id) for skill_id in skill_ids]
    before = [() if skill is None else tuple(skill.prerequisites) for skill in skills]
    asked = Asked(
        floats([statistics.reference_item_difficulty(skill_id) for skill_id in skill_ids]),
        floats([statistics.skill_difficulty(skill_id) for skill_id in skill_ids]),
        tuple("" if skill is None else skill.area for skill in skills),
        tuple(other for names in before for other in names),
        integers([0, *accumulate(map(len, before))]),
    )
    if skill_ids is curriculum.order:
        _WHOLE[curriculum] = statistics, asked
    return asked


def graph_of(skill_ids: Iterable[str], curriculum: Curriculum, row: Mapping[str, int]) -> Graph:
    """Return the direct hard prerequisites of each skill as rows of the skill table.

    Parameters
    ----------
    skill_ids : iterable of str
        The nodes, in order.
    curriculum : Curriculum
        Where prerequisites stand; a skill outside it has none.
    row : mapping of str to int
        Row of each skill's state; a skill without one is blank.
    """
    known = [curriculum.skills.get(skill_id) for skill_id in skill_ids]
    before = [() if skill is None else skill.prerequisites for skill in known]
    indices = [row.get(other, BLANK) for skills in before for other in skills]
    return Graph(integers([0, *accumulate(map(len, before))]), integers(indices))
