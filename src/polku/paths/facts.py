"""What an audit compares of a path: facts, one row a learner."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from polku.paths.values import Path, SkillState


def facts_of(path: Path, mastery: Mapping[str, SkillState], grade: int | None) -> dict[str, float | bool]:
    """Return what an audit of paths compares, for one learner.

    Parameters
    ----------
    path : Path
        What would be offered, planned with :data:`LONG` steps so that its length says something.
    mastery : mapping of str to SkillState
        What it stands on.
    grade : int or None
        The learner's; without it the rule of a grade-level option has nothing to say.

    Returns
    -------
    dict
        ``has_grade_level, has_stretch, repair_share, path_length`` (steps up to the first at the learner's grade or
        above), ``silent`` (no model or rule speaks: curriculum order) and ``mastery_level``, the mean estimate over
        all skills, for comparing like with like.
    """
    options = path.options
    level = [place for place, step in enumerate(path.path, start=1) if step.grade_level]
    return {
        "has_grade_level": grade is None or any(step.grade_level for step in options),
        "has_stretch": any(step.kind == "stretch" for step in options),
        "repair_share": sum(step.kind == "repair" for step in options) / max(len(options), 1),
        "path_length": level[0] if level else len(path.path),
        "silent": path.rung == "curriculum_order",
        "mastery_level": float(np.mean([state.p for state in mastery.values()])) if mastery else 0.0,
    }
