"""What an audit compares of a path: facts, one row a learner."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from polku.curriculum import Curriculum
from polku.paths.values import Path, Rung, SkillState

FALLBACKS: frozenset[Rung] = frozenset({"prerequisite_rule", "curriculum_order"})
"""Rungs on which no model's estimate orders what is suggested."""
OVERRIDES = frozenset({"edit", "reject"})
"""Decisions by which somebody puts their own choice in a suggestion's place, or it aside."""


class Decided(NamedTuple):
    """What became of one learner's suggestions that somebody decided on.

    Parameters
    ----------
    accepted_share, overridden_share : float
        Accepted; edited or rejected. NaN where nothing was decided. The rest was skipped or paused.
    """

    accepted_share: float
    overridden_share: float


def facts_of(
    path: Path, mastery: Mapping[str, SkillState], grade: int | None, goals: Collection[str] = frozenset()
) -> dict[str, float | bool]:
    """Return what an audit of paths compares, for one learner.

    Parameters
    ----------
    path : Path
        What would be offered, planned with :data:`~polku.paths.proposal.LONG` steps, so that it reaches the goals.
    mastery : mapping of str to SkillState
        What it stands on.
    grade : int or None
        The learner's; without it the rule of a grade-level option has nothing to say.
    goals : collection of str
        Skills that the path is measured to, from :func:`goals_of`.

    Returns
    -------
    dict
        ``has_grade_level, has_stretch, repair_share`` (of the options), ``path_length`` (steps until the last of the
        goals that the path leads to; 0 when none is left, NaN without goals), ``fallback`` (no model orders the
        suggestions), ``silent`` (nothing of their own: the order of the curriculum, or no option at all) and
        ``mastery_level``, the mean estimate over all skills, for comparing like with like.

    Examples
    --------
    >>> from polku.paths.values import Step
    >>> steps = tuple(Step(name, "continue", grade_level=True) for name in "abc")
    >>> facts_of(Path("model", steps[:2], steps), {}, 7, goals={"a", "b"})["path_length"]
    2
    """
    options = path.options
    reached = [place for place, step in enumerate(path.path, start=1) if step.skill_id in goals]
    return {
        "has_grade_level": grade is None or any(step.grade_level for step in options),
        "has_stretch": any(step.kind == "stretch" for step in options),
        "repair_share": sum(step.kind == "repair" for step in options) / max(len(options), 1),
        "path_length": max(reached, default=0) if goals else np.nan,
        "fallback": path.rung in FALLBACKS,
        "silent": path.rung == "curriculum_order" or not options,
        "mastery_level": float(np.mean([state.p for state in mastery.values()])) if mastery else 0.0,
    }


def goals_of(curriculum: Curriculum, grade: int | None) -> frozenset[str]:
    """Return the goals of a grade's band that the grade itself is to reach.

    The skills of the grade; where a curriculum gives none a grade, nothing is a goal. Later grades of the same band
    have goals of their own, which nobody is late for yet.

    Examples
    --------
    >>> curriculum = Curriculum.from_json('{"skills": [{"id": "a", "grade": 3}, {"id": "b", "grade": 4}]}')
    >>> sorted(goals_of(curriculum, 3)), sorted(goals_of(curriculum, None))
    (['a'], [])
    """
    return frozenset(name for name, skill in curriculum.skills.items() if grade is not None and skill.grade == grade)


def churn(before: Path, after: Path) -> float:
    """Return what share of a learner's options changes from one path to another.

    Examples
    --------
    >>> from polku.paths.values import Step
    >>> one, other = (Path("model", tuple(Step(name, "continue") for name in names)) for names in ("abc", "abd"))
    >>> round(churn(one, other), 3)
    0.333
    """
    ours, theirs = ({step.skill_id for step in path.options} for path in (after, before))
    return 1 - len(ours & theirs) / max(len(ours), len(theirs)) if ours or theirs else 0.0


def decided(decisions: Sequence[str]) -> Decided:
    """Return what became of a learner's suggestions, from the last decision on each.

    Examples
    --------
    >>> decided(["accept", "reject", "skip", "accept"])
    Decided(accepted_share=0.5, overridden_share=0.25)
    """
    if not decisions:
        return Decided(np.nan, np.nan)
    overridden = sum(one in OVERRIDES for one in decisions)
    return Decided(list(decisions).count("accept") / len(decisions), overridden / len(decisions))
