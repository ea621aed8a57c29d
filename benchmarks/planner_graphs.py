"""The courses of the planner bench: two generated graphs and a part of the Finnish curriculum of mathematics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner_course import Course
from polku.curriculum import Content, Curriculum, Skill
from polku.home import Home

STRANDS, NEAR, WITHIN = 4, 3, 0.8
"""Skills lie in strands; prerequisites are near, and mostly of the same strand."""
COUNT = (0.15, 0.55, 0.3)
"""How often a skill has none, one, two prerequisites."""


def generated(name: str, skills: int, grades: int, seed: int) -> Course:
    """Return a layered graph with up to two prerequisites a skill, near ones as a rule.

    Learners are in the last grade but one, so that there is something above.
    """
    rng = np.random.default_rng(seed)
    found: list[Skill] = []
    for place in range(skills):
        strand = np.arange(place % STRANDS, place, STRANDS)[-NEAR:]
        near = strand if rng.random() < WITHIN else np.arange(max(0, place - STRANDS * NEAR), place)
        before = rng.choice(near, min(len(near), rng.choice(3, p=COUNT)), replace=False)
        found.append(
            replace(
                Skill.bare(f"s{place:03d}"),
                prerequisites=tuple(f"s{other:03d}" for other in sorted(before)),
                grade=1 + place * grades // skills,
            )
        )
    curriculum = Curriculum(Content(skills=tuple(found)))
    return _course(name, curriculum, max(1, grades - 1))


def mathematics() -> Course:
    """Return grades 5 to 9 of the shipped curriculum, for learners of grade 8."""
    home = Home.find()
    whole = Curriculum.load(home.curriculum_path(home.settings().curriculum))
    kept = {name for name, skill in whole.skills.items() if skill.grade in range(5, 10)}
    skills = tuple(
        replace(
            skill,
            prerequisites=tuple(one for one in skill.prerequisites if one in kept),
            recommended_after=tuple(one for one in skill.recommended_after if one in kept),
            objectives=(),
        )
        for name, skill in whole.skills.items()
        if name in kept
    )
    areas = tuple(whole.areas.values())
    return _course("mathematics", Curriculum(Content(skills=skills, areas=areas)), 8)


def _course(name: str, curriculum: Curriculum, grade: int) -> Course:
    """Return the course of a grade: its goals are the skills of that grade."""
    goals = [place for place, skill in enumerate(curriculum.order) if curriculum.skills[skill].grade == grade]
    return Course(name, curriculum, grade, np.array(goals))


def courses() -> dict[str, Course]:
    """Return the courses by name."""
    return {
        "small": generated("small", 18, 3, seed=11),
        "mathematics": mathematics(),
        "large": generated("large", 150, 7, seed=13),
    }
