"""The declared share: now and then another step is suggested that the rules hold as good.

Which steps help is learnt only where more than one is tried. One draw is made for a new suggestion, and only of
the step that is suggested: the planner names what else it holds acceptable, the draw takes one, and every other
option is filled in as ever. What stands is never drawn again, and the probability of each is logged exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polku.paths.board import Board
from polku.paths.terrain import positions

MOST = 6
"""Steps that a draw is made among at most: the best-scored of the acceptable."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The outcome of a draw.

    Parameters
    ----------
    place : int
        Position of the step to suggest.
    chances : mapping of int to float
        By position, the probability with which it might have been this one; they add up to one.
    """

    place: int
    chances: Mapping[int, float]


def draw_first(acceptable: Sequence[int], best: int, share: float, seed: int) -> Draw:
    """Draw the step to suggest.

    With probability ``1 - share`` it is the best; with probability `share` it is any of the acceptable, the best
    among them, each alike.

    Parameters
    ----------
    acceptable : sequence of int
        Positions of the steps that the rules hold acceptable, `best` among them.
    best : int
        Position of the step that the rules put first.
    share : float
        Declared share, 0 to 1.
    seed : int
        Of the draw: the same seed draws the same.

    Examples
    --------
    >>> draw_first([3, 5], best=3, share=0.5, seed=0)
    Draw(place=5, chances={3: 0.75, 5: 0.25})
    >>> draw_first([3, 5], best=3, share=0.0, seed=0)
    Draw(place=3, chances={3: 1.0})
    """
    if share <= 0.0 or len(acceptable) < 2:
        return Draw(best, {best: 1.0})
    random = np.random.default_rng(seed)
    explored = acceptable[int(random.integers(len(acceptable)))]
    chances = {place: share / len(acceptable) + (1.0 - share) * (place == best) for place in acceptable}
    return Draw(explored if random.random() < share else best, chances)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A path with its options, and what else they might have been.

    Parameters
    ----------
    path, options : list of int
        Positions; the suggested step first.
    first, offered : mapping of int to float
        By position, the probability with which it is the suggested step, and with which it is among the options.
    """

    path: list[int]
    options: list[int]
    first: Mapping[int, float]
    offered: Mapping[int, float]


def explored(
    draw: Draw | None, path: list[int], begin: Callable[[int], list[int]], fill: Callable[[list[int]], list[int]]
) -> Drawn:
    """Return the path and options that follow from a draw, with the exact probability of each skill.

    Parameters
    ----------
    draw : Draw or None
        Of the suggested step; None where there is no path.
    path : list of int
        What the rules put first.
    begin : callable
        Returns the path that begins with a step.
    fill : callable
        Returns the options that go with a path; nothing in it is drawn.
    """
    chances = {-1: 1.0} if draw is None else draw.chances
    paths = {place: path if draw is None or place == path[0] else begin(place) for place in chances}
    options = {place: fill(way) for place, way in paths.items()}
    first, offered = defaultdict[int, float](float), defaultdict[int, float](float)
    for place, chance in chances.items():
        for one in options[place]:
            offered[one] += chance
        for one in options[place][:1]:
            first[one] += chance
    chosen = -1 if draw is None else draw.place
    return Drawn(paths[chosen], options[chosen], first, offered)


def draw_step(board: Board, phases: Sequence[int], path: Sequence[int], *, stands: bool, seed: int) -> Draw | None:
    """Draw the step to suggest where the policy declares a share; None where there is no path.

    Nothing is drawn while the curriculum sets the order.

    Parameters
    ----------
    board : Board
        Scores and what is allowed.
    phases : sequence of int
        What the path leads to, as bit sets in the order they are taken up.
    path : sequence of int
        What the rules put first.
    stands : bool
        Whether its first step was suggested before, or is a teacher's word: then it is not drawn again.
    seed : int
        Of the draw.
    """
    if not path:
        return None
    share = 0.0 if stands or board.thin else board.offer.exploration_share
    return draw_first(acceptable(board, phases, path[0]) if share else path[:1], path[0], share, seed)


def acceptable(board: Board, phases: Sequence[int], best: int) -> list[int]:
    """Return the steps that might be suggested in place of the best, itself among them, best first.

    They may be taken now (open, not put aside, nothing open beneath them), lead where the best leads, and score within
    the policy's margin of it: ties and near-ties.
    """
    remaining, ancestors = board.standing.open_bits, board.terrain.ancestors
    way = next((way for way in (_way(board, phase) for phase in phases) if way >> best & 1), 1 << best)
    near = board.score >= board.score[best] - board.offer.margin
    free = positions(way & remaining & ~board.blocked_bits)
    others = [place for place in free if near[place] and place != best and not ancestors[place] & remaining]
    return [best, *sorted(others, key=lambda place: (-board.score[place], place))[: MOST - 1]]


def _way(board: Board, targets: int) -> int:
    """Return the targets that can be reached now, and all that they build on, as a bit set."""
    remaining, ancestors = board.standing.open_bits, board.terrain.ancestors
    blocked = remaining & board.blocked_bits
    aims = (place for place in positions(targets & remaining & ~blocked) if not ancestors[place] & blocked)
    return board.terrain.with_beneath(aims)
