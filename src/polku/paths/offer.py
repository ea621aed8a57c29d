"""The options: two or three skills to choose from, with a way up always among them.

The order of the slots is what keeps the way up open, whatever the scores say: the path's first step, the
best skill of the *level* (the lowest grade, from the learner's own upwards, with something still open), one
from the grade with something open above it, and then whatever scores best at the level or below. The level
and the grade above it can only rise as more is shown, so better answers never lower what is offered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from polku.paths.board import REPAIR, STRETCH, Board
from polku.paths.choice import best_of
from polku.paths.route import Route
from polku.paths.terrain import Mask, Numbers
from polku.paths.values import KINDS


def level(board: Board) -> Mask:
    """Return the skills that a grade-level option may come from, shape (n,); none without grades.

    These are the open ones of the lowest grade, from the learner's own upwards, that has any; once all are
    shown, those of the highest grade, for review. Where no skill of that grade may be suggested, the highest
    grade there is stands in for it.
    """
    standing, grade = board.standing, board.terrain.grade
    if standing.grade is None:
        return np.zeros(len(grade), dtype=np.bool_)
    highest = np.fmax.reduce(grade[board.allowed], initial=-np.inf)
    lifting = board.allowed & (grade >= min(standing.grade, highest))
    ahead = lifting & standing.open
    level_grade = grade[ahead].min() if ahead.any() else grade[lifting].max(initial=-np.inf)
    at_level: Mask = (ahead if ahead.any() else lifting) & (grade == level_grade)
    return at_level


def above(board: Board, at_level: Mask, picked: Sequence[int] = ()) -> Mask:
    """Return the open skills, not yet picked, of the lowest grade above the level that has any, shape (n,).

    Without grades these are the skills that stretch.
    """
    ahead, grade = board.allowed & board.standing.open, board.terrain.grade
    ahead[list(picked)] = False
    if not at_level.any():
        return ahead & np.equal(board.kinds, STRETCH)
    higher: Mask = ahead & (grade > grade[at_level].max())
    nearest: Mask = higher & (grade == grade[higher].min(initial=np.inf))
    return nearest


def choose_options(board: Board, way: Route, previous: Collection[str]) -> list[int]:
    """Return the positions of the options, the suggested one first.

    Parameters
    ----------
    board : Board
        Scores and what is allowed.
    way : Route
        Its suggested step is the first option; the path's first step, where that is another, takes a free place.
    previous : collection of str
        Skills offered before; each stays unless outdone by more than the policy's margin.
    """
    value = _value(board, previous)
    picked = [] if way.first is None else [way.first]
    at_level = level(board)
    if not at_level[picked].any():
        _pick(value, picked, at_level)
    if len(picked) < board.offer.options and (board.offer.options > 2 or not at_level.any()):
        _pick(value, picked, above(board, at_level, picked))
    _fill(board, value, picked, at_level, board.terrain.among(way.path[:1]))
    return picked


def _value(board: Board, previous: Collection[str]) -> Numbers:
    """Return score, less the cost of supporting steps, plus the margin for what was offered before."""
    cost = np.zeros(len(board.terrain))
    if not board.thin:
        cost = board.offer.step_cost * board.terrain.closure.count(board.standing.open)
    value: Numbers = board.score - cost + board.offer.margin * board.terrain.mask(previous)
    return value


def _fill(board: Board, value: Numbers, picked: list[int], at_level: Mask, begins: Mask) -> None:
    """Fill the free options: where the path begins, then another kind, then any, then higher up, then what is known.

    What is due for review takes no option while something higher could be offered and is not: it comes with better
    answers, and those must not cost the way up.
    """
    standing, grade = board.standing, board.terrain.grade
    top = grade[at_level].max(initial=-np.inf) if at_level.any() else np.inf
    near = board.allowed & ~(grade > top)
    upward = board.allowed & standing.open & (grade > top if at_level.any() else np.equal(board.kinds, STRETCH))
    while len(picked) < board.offer.options:
        spent = np.bincount(board.kinds[picked], minlength=len(KINDS)).astype(np.bool_)[board.kinds]
        capped = (board.kinds == REPAIR) & (np.sum(board.kinds[picked] == REPAIR) >= board.offer.repair_options)
        higher = above(board, at_level, picked)
        lifted = upward[picked].any() or not upward.any()
        now = standing.open | (standing.due & lifted)
        stages = (
            near & begins,
            near & now & ~spent,
            near & now,
            higher,
            board.allowed & (now | standing.due),
            board.allowed,
        )
        if not any(_pick(value, picked, stage & ~capped) for stage in stages):
            return


def _pick(value: Numbers, picked: list[int], mask: Mask) -> bool:
    """Add one more skill from `mask` to those picked; False where it holds nothing new."""
    fresh = mask.copy()
    fresh[picked] = False
    place = best_of(value, fresh)
    if place is not None:
        picked.append(place)
    return place is not None
