"""Polku's own line: every learner follows the step that :func:`polku.paths.plan` suggests."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner_course import Class, Float, Int
from planner_lines import Line
from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import SkillState, load_policy, plan
from polku.schemas.policy import PathPolicy
from polku.simulate.world import DAY

SD = 0.15


def polku(
    steps: int, *, curriculum: Curriculum | None = None, policy: PathPolicy | None = None, bend: float = 0.0
) -> Line:
    """Return the line of a planner that is told the goals and how many steps there are.

    Parameters
    ----------
    steps : int
        Of the course.
    curriculum : Curriculum, optional
        What the planner takes for the curriculum: another one than the world's, for sensitivity.
    policy : PathPolicy, optional
        The shipped one by default.
    bend : float
        Log-odds by which every estimate is off, as of a model made for another school.
    """
    chosen = load_policy(Home.find().models) if policy is None else policy

    def line(learners: Class) -> Int:
        course, odds = learners.course, learners.seen.p / (1.0 - learners.seen.p)
        p = odds * np.exp(bend) / (1.0 + odds * np.exp(bend))
        graph = course.curriculum if curriculum is None else curriculum
        goals = [course.curriculum.order[place] for place in course.goals]
        found = []
        for learner in learners.everyone.tolist():
            path = plan(
                graph,
                states(learners, learner, p),
                chosen,
                grade=course.grade,
                goals=goals,
                horizon=steps - learners.steps,
                steps=1,
                explore=False,
                now=round(learners.day * DAY),
            )
            found.append(course.place[path.options[0].skill_id])
        return np.array(found)

    return line


def states(learners: Class, learner: int, p: Float) -> Mapping[str, SkillState]:
    """Return what is known about one learner: the built-in estimate of every skill with answers."""
    seen, order = learners.seen, learners.course.curriculum.order
    return {
        order[place]: SkillState(
            float(p[learner, place]), int(seen.answers[learner, place]), SD, round(seen.last[learner, place] * DAY)
        )
        for place in np.flatnonzero(seen.answers[learner]).tolist()
    }
