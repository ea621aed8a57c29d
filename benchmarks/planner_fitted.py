"""Lines that are fitted on learners of other seeds: k in a row, the best list for everyone, and fitted Q.

All of them are given more than Polku is: they are fitted on the same course and under the same law of learning, and
they are told what a check would have shown after every step, which nobody knows outside a simulator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from planner_course import Class, Float, Int
from planner_lines import MOST_IN_A_ROW, Line, curriculum_order, drawn, in_a_row, listed, reachable, run, weakest_first

Draw = Callable[[int], Class]
"""Draws a class of learners by number, none of them among those that lines are judged on."""
TREES = {"objective": "regression", "num_leaves": 15, "learning_rate": 0.1, "min_data_in_leaf": 40, "verbose": -1}
ROUNDS, SWEEPS, DEADLINE = 60, 6, 20
RESTED = 60.0


def best_in_a_row(draw: Draw, steps: int) -> Line:
    """Return the line of the k that gains most."""
    learners = draw(0)
    gains = {k: run(learners, in_a_row(k), (steps,))[steps].mean() for k in range(1, MOST_IN_A_ROW + 1)}
    best = max(gains, key=lambda k: gains[k])
    return in_a_row(best)


def best_list(draw: Draw, steps: int, tries: int, rng: np.random.Generator) -> Line:
    """Return the list for everyone that gains most, climbed to from the curriculum's order by single changes."""
    learners = draw(1)
    goals, way = learners.course.goals, np.flatnonzero(learners.course.way)
    best = np.resize(goals, steps)
    most = run(learners, listed(best), (steps,))[steps].mean()
    for _ in range(tries):
        other = best.copy()
        at = rng.integers(steps, size=2)
        if rng.random() < 0.5:
            other[at] = other[at[::-1]]
        else:
            other[at[0]] = rng.choice(goals if rng.random() < 0.5 else way)
        found = run(learners, listed(other), (steps,))[steps].mean()
        if found > most:
            best, most = other, found
    return listed(best)


def fitted_q(draw: Draw, steps: int, rng: np.random.Generator) -> Line:
    """Return the line that follows a fitted Q (Ernst, Geurts and Wehenkel 2005) over boosted trees.

    Three rules of thumb are logged for ``DEADLINE`` steps. What a step earns is how much more a check would show
    after it. How many steps are left is an input, drawn anew for every transition.
    """
    logs = [_log(draw(2 + number), line) for number, line in enumerate((reachable, curriculum_order, weakest_first))]
    moves = _Moves.joined(logs)
    left = rng.integers(1, DEADLINE + 1, size=len(moves.earned))
    inputs = np.column_stack([moves.chosen, left])
    target, model = moves.earned, None
    for _ in range(SWEEPS):
        if model is not None:
            later = _best(model, moves.after, left - 1)
            target = moves.earned + np.where(left > 1, later, 0.0)
        model = lgb.train(TREES | {"num_threads": 1, "seed": 0}, lgb.Dataset(inputs, target), ROUNDS)
    if model is None:
        raise AssertionError("at least one sweep")
    fitted = model

    def line(learners: Class) -> Int:
        way = np.flatnonzero(learners.course.way)
        rows = _inputs(learners)
        left = np.full(len(rows), np.clip(steps - learners.steps, 1, DEADLINE))
        value = _predicted(fitted, rows, left)
        return way[drawn(learners, value)]

    return line


@dataclass(frozen=True, eq=False)
class _Moves:
    """What was chosen (n, F), what it earned (n,), and every choice there was after it (n, W, F)."""

    chosen: Float
    earned: Float
    after: NDArray[np.float32]

    @classmethod
    def joined(cls, parts: list[_Moves]) -> _Moves:
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("chosen", "earned", "after")))


def _log(learners: Class, line: Line) -> _Moves:
    """Return the moves of a class that follows a line."""
    going, way = learners.copy(), np.flatnonzero(learners.course.way)
    chosen, earned, after = [], [], []
    before = going.gain()
    for _ in range(DEADLINE):
        skill, inputs = line(going), _inputs(going)
        place = np.searchsorted(way, np.where(learners.course.way[skill], skill, way[0]))
        chosen.append(inputs[going.everyone, place])
        going.step(skill)
        now = going.gain()
        earned.append(now - before)
        after.append(_inputs(going).astype(np.float32))
        before = now
    return _Moves(np.concatenate(chosen), np.concatenate(earned), np.concatenate(after))


def _inputs(learners: Class) -> Float:
    """Return what the trees look at, for each learner and skill on the way, shape (L, W, F)."""
    course, seen, way = learners.course, learners.seen, np.flatnonzero(learners.course.way)
    p = seen.p
    before = course.before[way]
    least = np.where(before >= 0, p[:, np.maximum(before, 0)], 1.0).min(axis=2)
    leaning = np.array([np.count_nonzero(course.before == place) for place in way])
    rested = np.minimum(learners.day - np.nan_to_num(seen.last[:, way], nan=0.0), RESTED)
    by_skill = np.column_stack([np.isin(way, course.goals), leaning, course.grades[way]])
    parts = [p[:, way], seen.answers[:, way], seen.run[:, way], rested, least]
    level = np.repeat(p[:, course.goals].mean(axis=1)[:, None], len(way), axis=1)
    shared = np.broadcast_to(by_skill, (len(p), *by_skill.shape))
    return np.concatenate([np.stack([*parts, level], axis=2), shared], axis=2)


def _predicted(model: lgb.Booster, rows: Float | NDArray[np.float32], left: Int) -> Float:
    """Return the value of every choice, shape (n, W)."""
    n, w, _ = rows.shape
    flat = np.column_stack([rows.reshape(n * w, -1), np.repeat(left, w)])
    return np.asarray(model.predict(flat, num_threads=1)).reshape(n, w)


def _best(model: lgb.Booster, rows: NDArray[np.float32], left: Int) -> Float:
    most: Float = _predicted(model, rows, left).max(axis=1)
    return most
