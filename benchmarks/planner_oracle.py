"""An oracle: a beam over the true hidden state, each first step judged by how the rest of the way would go.

It knows every trait and the law, how many steps are left, and when the check is. Every skill on the way is tried as
the next step; each is followed by a roll-out that always takes the goal whose expected success at the check gains
most (roll-out as policy improvement, Bertsekas, Tsitsiklis and Wu 1997). The best few are kept and tried again one
step deeper. Its luck it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner_course import CHECK_DAYS, START, Class, Float, Int
from planner_lines import Line
from planner_minds import Mind, minds_of

WIDE = 30
"""With more skills on the way than this the beam is one step deep: two would take long."""


@dataclass(frozen=True)
class Beam:
    """How far the oracle looks: `width` first steps tried `depth` deep, roll-outs of at most `ahead` steps."""

    steps: int
    width: int = 3
    depth: int = 2
    ahead: int = 10


def oracle(beam: Beam) -> Line:
    """Return the oracle's line for a course of ``beam.steps`` steps."""

    def line(learners: Class) -> Int:
        places = np.flatnonzero(learners.course.way)
        return places[_Search(learners, beam, places).best()]

    return line


class _Search:
    """One search, for all learners at once."""

    def __init__(self, learners: Class, beam: Beam, places: Int) -> None:
        bank = learners.world.bank
        self.beam, self.places, self.now = beam, places, learners.steps
        self.minds = minds_of(learners, places)
        self.goals = np.searchsorted(places, learners.course.goals)[None]
        items = bank.reference[learners.course.goals]
        self.demand, self.worth = bank.demand[items], (1 - bank.slip[items] - bank.guess[items])
        self.check = _day(beam.steps) + CHECK_DAYS

    def best(self) -> Int:
        """Return for each learner the position, among `places`, of the best first step."""
        width = min(self.beam.width, len(self.places))
        value = self._tried(self.minds, 0)
        if self.beam.depth < 2 or len(self.places) > WIDE or self.now + 1 >= self.beam.steps:
            greedy: Int = value.argmax(axis=1)
            return greedy
        first = np.argsort(-value, axis=1)[:, :width]
        minds = self.minds.repeat(width)
        minds.practise(first.ravel(), _day(self.now))
        deeper = self._tried(minds, 1).max(axis=1).reshape(-1, width)
        deeper = np.maximum(deeper, np.take_along_axis(value, first, axis=1))
        chosen: Int = np.take_along_axis(first, deeper.argmax(axis=1)[:, None], axis=1)[:, 0]
        return chosen

    def _tried(self, minds: Mind, done: int) -> Float:
        """Return what each skill is worth as the next step of each mind, shape (N, W)."""
        count = len(self.places)
        tried = minds.repeat(count)
        step = self.now + done
        tried.practise(np.tile(np.arange(count), len(minds.rate)), _day(step))
        for later in range(step + 1, min(self.beam.steps, step + 1 + self.beam.ahead)):
            self._go_on(tried, later)
        known = tried.at_check(np.broadcast_to(self.goals, (len(tried.rate), self.goals.size)), self.check, self.demand)
        value: Float = (known * self.worth).mean(axis=1).reshape(-1, count)
        return value

    def _go_on(self, minds: Mind, step: int) -> None:
        """Let each mind do a task on the goal that gains most."""
        goals = np.broadcast_to(self.goals, (len(minds.rate), self.goals.size))
        gain = minds.would(goals, _day(step), self.check, self.demand)
        gain = (gain - minds.at_check(goals, self.check, self.demand)) * self.worth
        minds.practise(self.goals[0, gain.argmax(axis=1)], _day(step))


def _day(step: int) -> float:
    return START + step + 2 * (step // 5)
