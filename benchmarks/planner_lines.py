"""The rules of thumb that the planner must beat: each chooses a skill for every learner from what was seen.

A line is a function from a :class:`planner_course.Class` to the position of a skill for each learner, shape (L,). It
looks at ``seen``, ``course`` and ``steps``, never at the world. Where a line has no more to say it goes round the
goals in the curriculum's order, so that none of them loses by falling silent.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from planner_course import Class
from polku.simulate.luck import stream

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Line = Callable[[Class], Int]
ZONE = 0.6
"""Expected success that the zone of proximal development is put at."""
MET = 0.6
"""Estimate from which the lines take a prerequisite as met."""
MOST_IN_A_ROW = 6


def drawn(learners: Class, score: Float, name: str = "ties") -> Int:
    """Return the best-scored skill of each learner, shape (L,); equals are drawn."""
    tie = stream(learners.steps, name).random(score.shape)
    return np.lexsort((tie, score), axis=1)[:, -1]


def random(learners: Class) -> Int:
    """Return any skill of the curriculum."""
    return drawn(learners, np.zeros(learners.seen.answers.shape), "random")


def reachable(learners: Class) -> Int:
    """Return any skill on the way to the goals that is not yet met and whose prerequisites are."""
    met = learners.seen.p >= MET
    before = learners.course.before
    ready = (met[:, np.maximum(before, 0)] | (before < 0)).all(axis=2)
    way = np.broadcast_to(learners.course.way, met.shape)
    return drawn(learners, np.asarray(way * (1.0 + ready + (ready & ~met)), dtype=np.float64), "reachable")


def curriculum_order(learners: Class) -> Int:
    """Return the goals one after the other, as a grade's book has them; round again when through."""
    goals = learners.course.goals
    return np.full(len(learners.everyone), goals[learners.steps % len(goals)])


def weakest_first(learners: Class) -> Int:
    """Return the goal with the lowest estimate."""
    return _among(learners.course.goals, learners, -learners.seen.p)


def zone(learners: Class) -> Int:
    """Return the skill on the way to the goals whose estimate is nearest to the zone."""
    return _among(np.flatnonzero(learners.course.way), learners, -np.abs(learners.seen.p - ZONE))


def _among(places: Int, learners: Class, score: Float) -> Int:
    """Return the best-scored of the skills at `places`; of equals, the one not met for longest, then a draw."""
    rested = learners.day - np.nan_to_num(learners.seen.last, nan=0.0)
    return places[drawn(learners, score[:, places] + 1e-9 * rested[:, places])]


def in_a_row(k: int) -> Line:
    """Return the line that goes up to the goals in order, each skill until `k` answers in a row were correct."""
    return partial(_in_a_row, k=k)


def _in_a_row(learners: Class, k: int) -> Int:
    waiting = learners.course.way & (learners.seen.run < k)
    return np.where(waiting.any(axis=1), waiting.argmax(axis=1), curriculum_order(learners))


def listed(skills: Int) -> Line:
    """Return the line that gives everybody the same list."""

    def line(learners: Class) -> Int:
        return np.full(len(learners.everyone), skills[learners.steps % len(skills)])

    return line


LINES: dict[str, Line] = {
    "random": random,
    "random among reachable": reachable,
    "curriculum order": curriculum_order,
    "weakest skill first": weakest_first,
    "zone of difficulty": zone,
}


def run(learners: Class, line: Line, lengths: tuple[int, ...]) -> dict[int, Float]:
    """Let a copy of the class follow a line; return E_p of each learner after each of the lengths."""
    going, gains = learners.copy(), {}
    for number in range(1, max(lengths) + 1):
        going.step(line(going))
        if number in lengths:
            gains[number] = going.gain()
    return gains
