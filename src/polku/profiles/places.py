"""Where skills stand in the curriculum, in the form the driver reads; unknown skills stand nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate

from polku.curriculum import Curriculum
from polku.profiles.events import BLANK, Graph, integers


def area_of(skill_id: str, curriculum: Curriculum) -> str:
    """Return the area of a skill, empty for a skill without one or outside the curriculum."""
    skill = curriculum.skills.get(skill_id)
    return "" if skill is None else skill.area


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
