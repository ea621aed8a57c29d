"""The declared share: now and then another step is suggested that the rules hold acceptable, too.

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
from polku.paths.route import Route, free_now
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

    With probability ``1 - share`` it is the best; with probability `share` it is one of the other acceptable steps,
    each alike. So the declared share is what is really suggested otherwise, wherever there is a choice.

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
    >>> draw_first([3, 5, 7], best=3, share=0.5, seed=0)
    Draw(place=7, chances={3: 0.5, 5: 0.25, 7: 0.25})
    >>> draw_first([3, 5, 7], best=3, share=0.0, seed=0)
    Draw(place=3, chances={3: 1.0})
    """
    others = [place for place in acceptable if place != best]
    if share <= 0.0 or not others:
        return Draw(best, {best: 1.0})
    random = np.random.default_rng(seed)
    other = others[int(random.integers(len(others)))]
    chances = {best: 1.0 - share} | dict.fromkeys(others, share / len(others))
    held = {place: chance for place, chance in chances.items() if chance > 0.0}
    return Draw(other if random.random() < share else best, held)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A path with its options, and what else they might have been.

    Parameters
    ----------
    path, options : list of int
        Positions; the suggested step is the first option.
    first, offered : mapping of int to float
        By position, the probability with which it is the suggested step, and with which it is among the options.
    by_chance : bool
        Whether the suggested step is another than the best.
    """

    path: list[int]
    options: list[int]
    first: Mapping[int, float]
    offered: Mapping[int, float]
    by_chance: bool = False


def explored(
    draw: Draw | None, best: Route, begin: Callable[[int], Route], fill: Callable[[Route], list[int]]
) -> Drawn:
    """Return the path and options that follow from a draw, with the exact probability of each skill.

    Parameters
    ----------
    draw : Draw or None
        Of the suggested step; None where nothing is suggested.
    best : Route
        What the rules put first.
    begin : callable
        Returns the route that begins with a step.
    fill : callable
        Returns the options that go with a route; nothing in it is drawn.
    """
    chances = {-1: 1.0} if draw is None else draw.chances
    routes = {place: best if draw is None or place == best.first else begin(place) for place in chances}
    options = {place: fill(way) for place, way in routes.items()}
    first, offered = defaultdict[int, float](float), defaultdict[int, float](float)
    for place, chance in chances.items():
        for one in options[place]:
            offered[one] += chance
        for one in options[place][:1]:
            first[one] += chance
    chosen = -1 if draw is None else draw.place
    by_chance = draw is not None and draw.place != best.first
    return Drawn(routes[chosen].path, options[chosen], first, offered, by_chance)


def draw_step(board: Board, phases: Sequence[int], best: int | None, *, stands: bool, seed: int) -> Draw | None:
    """Draw the step to suggest where the policy declares a share; None where nothing is suggested.

    Nothing is drawn while the curriculum sets the order.

    Parameters
    ----------
    board : Board
        Scores and what is allowed.
    phases : sequence of int
        What the path leads to, as bit sets in the order they are taken up.
    best : int or None
        Position of what the rules put first.
    stands : bool
        Whether it was suggested before, or is a teacher's word: then it is not drawn again.
    seed : int
        Of the draw.
    """
    if best is None:
        return None
    share = 0.0 if stands or board.thin else board.offer.exploration_share
    return draw_first(acceptable(board, phases, best) if share else [best], best, share, seed)


def acceptable(board: Board, phases: Sequence[int], best: int) -> list[int]:
    """Return the steps that might be suggested in place of the best, itself among them, best first.

    They are open, may be suggested now as the best may, lead where it leads, and score no more than the policy's
    `regret` below it.
    """
    near = board.score >= board.score[best] - board.offer.regret
    free = positions(free_now(board, phases) & board.standing.open_bits)
    others = [place for place in free if near[place] and place != best]
    return [best, *sorted(others, key=lambda place: (-board.score[place], place))[: MOST - 1]]
