"""The courses of the planner bench: two generated graphs and a part of the Finnish curriculum of mathematics."""

from __future__ import annotations

from dataclasses import dataclass, replace

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


def mathematics(grade: int) -> Course:
    """Return the shipped curriculum from three grades below a grade to the one above it, for learners of the grade."""
    home = Home.find()
    whole = Curriculum.load(home.curriculum_path(home.settings().curriculum))
    kept = {name for name, skill in whole.skills.items() if skill.grade in range(grade - 3, grade + 2)}
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
    return _course("mathematics", Curriculum(Content(skills=skills, areas=areas)), grade)


def _course(name: str, curriculum: Curriculum, grade: int) -> Course:
    """Return the course of a grade: its goals are the skills of that grade."""
    goals = [place for place, skill in enumerate(curriculum.order) if curriculum.skills[skill].grade == grade]
    return Course(name, curriculum, grade, np.array(goals))


@dataclass(frozen=True)
class Family:
    """Courses and learners that belong together: numbers are chosen on one family and reported on another.

    Parameters
    ----------
    graphs : tuple of int
        Seeds of the small and the large graph.
    grade : int
        Of the course of mathematics.
    learners : int
        First seed of the learners.
    """

    graphs: tuple[int, int]
    grade: int
    learners: int

    def courses(self) -> dict[str, Course]:
        """Return the courses by name."""
        small, large = self.graphs
        return {
            "small": generated("small", 18, 3, seed=small),
            "mathematics": mathematics(self.grade),
            "large": generated("large", 150, 7, seed=large),
        }


FAMILIES = {"development": Family((21, 24), 6, 500), "final": Family((511, 513), 9, 88_000)}
"""The numbers of the shipped policy were chosen on the first; nobody looked at the second while choosing."""
