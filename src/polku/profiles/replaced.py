"""Answers given to skills of an earlier curriculum, read in the skills of this one.

What was recorded stays as it was: only the reading changes, so that a new curriculum keeps all the evidence there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from polku.curriculum import Curriculum
from polku.records import Responses
from polku.records.columns import SEPARATOR


def in_skills_of(curriculum: Curriculum, responses: Responses) -> Responses:
    """Return responses whose replaced skills are named by what replaces them.

    Parameters
    ----------
    curriculum : Curriculum
        Says what replaces what.
    responses : Responses
        As they were recorded. Without a replaced skill among theirs they are returned as they are.

    Returns
    -------
    Responses
        A skill that became several speaks for each of them; several that became one speak for it once.

    Examples
    --------
    >>> new = Curriculum.from_json('{"skills": [{"id": "b"}, {"id": "c"}], "replacedBy": {"a": ["b", "c"]}}')
    >>> from polku.testing.store import sample
    >>> sample(learners=1, answers=1)[0].skill_ids, in_skills_of(new, sample(learners=1, answers=1))[0].skill_ids
    (('a', 'b'), ('b', 'c'))
    """
    replaced = curriculum.replaced_by
    if not any(str(skill) in replaced for skill in responses.skills):
        return responses
    frame = responses.to_frame()
    frame["skill_ids"] = [_renamed(skills, replaced) for skills in frame["skill_ids"]]
    return Responses.from_frame(frame, clock=responses.clock)


def named_now(skills: Iterable[str], replaced: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Return skills by their names of today: each replaced one by all that replaces it.

    Examples
    --------
    >>> sorted(named_now(["a", "d"], {"a": ("b", "c")}))
    ['b', 'c', 'd']
    """
    return frozenset(new for skill in skills for new in replaced.get(skill, (skill,)))


def _renamed(skills: str, replaced: Mapping[str, tuple[str, ...]]) -> str:
    return SEPARATOR.join(sorted(named_now(skills.split(SEPARATOR), replaced)))
