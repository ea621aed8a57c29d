"""What happens to the planner when something it stands on is wrong; beside the curriculum's order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from planner_course import Class, Course, Float, draw_class
from planner_judge import Size, interval
from planner_lines import Line, curriculum_order, run
from planner_polku import polku
from planner_school import another_school
from polku.curriculum import Content, Curriculum
from polku.simulate.config import LawName

WRONG, MISSING, NOISE = 0.2, 0.3, 0.2
CLASSES = 2
"""Classes at most: there are many troubles."""


def sensitivity(course: Course, law: LawName, steps: int, size: Size, seed: int) -> pd.DataFrame:
    """Return by trouble how far Polku is ahead of the curriculum's order, paired, with a 95 % interval."""
    rows = []
    for trouble, line, noise in _troubles(course, law, steps):
        ahead: list[Float] = []
        for number in range(min(size.classes, CLASSES)):
            learners: Class = draw_class(course, law, size.learners, seed + number, steps=steps, noise=noise)
            ours, order = (run(learners, one, (steps,))[steps] for one in (line, curriculum_order))
            ahead.append(ours - order)
        mean, low, high = interval(np.concatenate(ahead))
        rows.append({"trouble": trouble, "law": law, "ahead": mean, "low": low, "high": high})
    return pd.DataFrame(rows)


def _troubles(course: Course, law: LawName, steps: int) -> Iterator[tuple[str, Line, float]]:
    rng = np.random.default_rng(5)
    yield "none", polku(steps), 0.0
    yield f"{WRONG:.0%} of edges wrong", polku(steps, curriculum=rewired(course.curriculum, rng, wrong=WRONG)), 0.0
    yield (
        f"{MISSING:.0%} of edges missing",
        polku(steps, curriculum=rewired(course.curriculum, rng, missing=MISSING)),
        0.0,
    )
    yield f"{NOISE:.0%} of answers by chance", polku(steps), NOISE
    yield "a model trained on another school", polku(steps, estimate=another_school(law)), 0.0
    for off, name in ((-1.0, "much too strict"), (-0.5, "too strict"), (0.5, "too kind"), (1.0, "much too kind")):
        yield f"a model that is {name}", polku(steps, estimate=partial(bent, by=off)), 0.0


def bent(learners: Class, by: float) -> Float:
    """Return the built-in estimates, every one off by so much in log-odds."""
    odds = learners.seen.p / (1.0 - learners.seen.p) * np.exp(by)
    found: Float = odds / (1.0 + odds)
    return found


def rewired(
    curriculum: Curriculum, rng: np.random.Generator, *, wrong: float = 0.0, missing: float = 0.0
) -> Curriculum:
    """Return the curriculum with some hard prerequisites replaced by any earlier skill, and some left out."""
    skills, order = [], list(curriculum.order)
    for place, (name, skill) in enumerate(curriculum.skills.items()):
        before = [one for one in skill.prerequisites if rng.random() >= missing]
        earlier = [one for one in order[:place] if one != name]
        before = [str(rng.choice(earlier)) if earlier and rng.random() < wrong else one for one in before]
        skills.append(replace(skill, prerequisites=tuple(dict.fromkeys(before)), recommended_after=()))
    return Curriculum(Content(skills=tuple(skills), areas=tuple(curriculum.areas.values())))
