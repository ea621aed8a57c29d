"""Polku's own line: every learner follows the step that :func:`polku.paths.plan` suggests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from planner_course import Class, Float, Int
from planner_lines import Line
from polku.curriculum import Curriculum
from polku.home import Home
from polku.paths import SkillState, load_policy, plan
from polku.schemas.policy import PathPolicy
from polku.simulate.world import DAY

SD = 0.15
WHOLLY = 1e6
"""Answers that the true mastery weighs as much as."""


def polku(
    steps: int,
    *,
    curriculum: Curriculum | None = None,
    policy: PathPolicy | None = None,
    estimate: Callable[[Class], Float] | None = None,
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
    estimate : callable, optional
        A model's estimates of success, shape (L, S); the built-in one by default.
    """
    chosen = load_policy(Home.find().models) if policy is None else policy

    def line(learners: Class) -> Int:
        course, p = learners.course, learners.seen.p if estimate is None else estimate(learners)
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
                rung="prerequisite_rule" if estimate is None else "model",
                explore=False,
                now=round(learners.day * DAY),
            )
            found.append(course.place[path.options[0].skill_id])
        return np.array(found)

    return line


def polku_told(steps: int) -> Line:
    """Return the same line told how well each skill is known now, and nothing of traits, luck, items or the law.

    What it gains beside the oracle is what is left to a planner that cannot see more of a learner than mastery;
    what Polku lacks of it is what better reading of the answers could bring.
    """
    policy = load_policy(Home.find().models)
    look = policy.lookahead.model_copy(update={"model_answers": WHOLLY})
    sure = policy.evidence.model_copy(update={"off_by": 0.0})
    return polku(steps, policy=policy.model_copy(update={"lookahead": look, "evidence": sure}), estimate=_mastery)


def _mastery(learners: Class) -> Float:
    """Return the true chance of success of each learner on each skill as a model would say it, shape (L, S)."""
    shape = learners.seen.answers.shape
    who, skill = (one.ravel() for one in np.indices(shape))
    now, typical = np.full(len(who), learners.day), np.ones(len(who))
    known = learners.world.law.knowledge(who, skill, now, typical).reshape(shape)
    look = load_policy(Home.find().models).lookahead
    success: Float = look.guess + (1.0 - look.guess - look.slip) * known
    return success


def states(learners: Class, learner: int, p: Float) -> Mapping[str, SkillState]:
    """Return what is known about one learner: an estimate of every skill with answers, and how the answers went."""
    right = learners.seen.success / np.maximum(learners.seen.weight, 1e-9)
    seen, order = learners.seen, learners.course.curriculum.order
    return {
        order[place]: SkillState(
            float(p[learner, place]),
            int(seen.answers[learner, place]),
            SD,
            round(seen.last[learner, place] * DAY),
            float(right[learner, place]),
        )
        for place in np.flatnonzero(seen.answers[learner]).tolist()
    }
