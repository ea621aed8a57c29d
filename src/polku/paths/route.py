"""The route: what is suggested first, and a path on which nothing comes before what it builds on.

The two are not the same. A suggestion is open to whoever wants to take it, so it may build on a skill that has been
met and not yet shown; the path says in which order everything is shown, so it has that skill first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from polku.paths.board import Board
from polku.paths.terrain import bits_of, positions, to_bits


class Route(NamedTuple):
    """Where to begin, and the way.

    Parameters
    ----------
    first : int or None
        Position of the suggested step.
    path : list of int
        Positions of the path's steps. The first of them stands on the way to the suggested one, unless something put
        aside lies beneath that.
    """

    first: int | None
    path: list[int]


def route(
    board: Board,
    phases: Sequence[int],
    steps: int,
    previous: Sequence[str] = (),
    *,
    suggested: Sequence[str] = (),
    slack: float = 0.0,
) -> Route:
    """Return the suggested step and the path.

    Parameters
    ----------
    board : Board
        Scores and what is allowed.
    phases : sequence of int
        Bit sets of targets; a phase begins when the one before it has nothing left to reach.
    steps : int
        Longest path.
    previous, suggested : sequence of str
        The path drawn before, and the step suggested before. What is left of them stays while it is possible and not
        outdone by more than the policy's margin.
    slack : float
        By how much more the suggestion may be outdone and stay: one that was drawn was not the best from the first.
    """
    kept = _still_valid(board, phases, previous)[:steps]
    if board.thin:
        path = sorted(_extend(board, phases, steps, kept))
        return Route(path[0] if path else None, path)
    free = free_now(board, phases)
    fresh = max(positions(free), key=lambda place: (board.score[place], -place), default=None)
    if fresh is None:
        return Route(None, _extend(board, phases, steps, []))
    before = [board.terrain.index[name] for name in suggested if name in board.terrain.index]
    stood = next((place for place in (*before, *kept) if free >> place & 1), fresh)
    if board.score[fresh] > board.score[stood] + board.offer.margin + slack:
        stood, kept = fresh, []
    if stood in kept:
        return Route(stood, _extend(board, phases, steps, kept))
    return begun(board, phases, steps, stood)


def begun(board: Board, phases: Sequence[int], steps: int, first: int) -> Route:
    """Return the route that begins with a step: everything open that it builds on comes before it on the path."""
    beneath = board.terrain.ancestors[first] & board.standing.open_bits
    path = [] if beneath & board.blocked_bits else _ascent(board, first, beneath | 1 << first, steps)
    return Route(first, _extend(board, phases, steps, path))


def in_order(board: Board, places: Sequence[int]) -> list[int]:
    """Return some positions in the same order, but what a step builds on before it."""
    ordered: list[int] = []
    for place in places:
        beneath = [one for one in sorted(places) if board.terrain.ancestors[place] >> one & 1]
        ordered += [one for one in (*beneath, place) if one not in ordered]
    return ordered


def free_now(board: Board, phases: Sequence[int]) -> int:
    """Return what may be suggested now on the way to what comes first, as a bit set; nothing while answers are few.

    Nothing that holds back (:attr:`~polku.paths.standing.Standing.holding`) lies beneath it. Where people have said
    how many steps are left, what has been shown on the way to their goals may be met again.
    """
    if board.thin:
        return 0
    standing, ancestors, shunned = board.standing, board.terrain.ancestors, to_bits(~board.allowed)
    shut, again = standing.open_bits & shunned & standing.holding_bits, _again(board)
    for targets in phases:
        reached = [place for place in positions(targets & ~shunned) if not ancestors[place] & shut]
        way = (board.terrain.with_beneath(reached) & standing.open_bits | again) & ~shunned
        free = [place for place in positions(way) if not ancestors[place] & standing.holding_bits]
        if free:
            return bits_of(free)
    return 0


def nearest_target(board: Board, targets: int, remaining: int) -> int | None:
    """Return the target worth most after the cost of its supporting steps; None where none can be reached.

    Parameters
    ----------
    board : Board
        Scores and what is allowed.
    targets, remaining : int
        Bit sets: what may be aimed at, and what is still open.
    """
    ancestors, score = board.terrain.ancestors, board.score.tolist()
    blocked = remaining & board.blocked_bits
    reachable = [place for place in positions(targets & remaining & ~blocked) if not ancestors[place] & blocked]
    return max(reachable, key=lambda place: (score[place] - board.cost(place, remaining), -place), default=None)


def _again(board: Board) -> int:
    """Return what may be met again on the way to people's goals, as a bit set."""
    standing = board.standing
    if standing.aims is None or standing.horizon is None:
        return 0
    return board.terrain.with_beneath(positions(to_bits(standing.aims))) & ~standing.open_bits


def _extend(board: Board, phases: Sequence[int], steps: int, start: Sequence[int]) -> list[int]:
    """Return `start` followed by further steps towards the targets."""
    path, remaining = list(start), board.standing.open_bits & ~bits_of(start)
    for targets in phases:
        while len(path) < steps and (target := nearest_target(board, targets, remaining)) is not None:
            way = (board.terrain.ancestors[target] | 1 << target) & remaining
            ascent = _ascent(board, target, way, steps - len(path))
            path += ascent
            remaining &= ~bits_of(ascent)
    return path


def _ascent(board: Board, target: int, way: int, steps: int) -> list[int]:
    """Return the first `steps` steps of a way up to its target: of those ready, always the best-scored."""
    ancestors, score = board.terrain.ancestors, board.score.tolist()
    ascent: list[int] = []
    while way >> target & 1 and len(ascent) < steps:
        ready = [place for place in positions(way) if not ancestors[place] & way]
        ascent.append(max(ready, key=lambda place: (score[place], -place)))
        way &= ~(1 << ascent[-1])
    return ascent


def _still_valid(board: Board, phases: Sequence[int], previous: Sequence[str]) -> list[int]:
    """Return the leading steps of an earlier path that are still open, allowed, ordered and on the way.

    The first must be on the way to what comes first now; a new pin or goal therefore takes over at once.
    """
    terrain, remaining = board.terrain, board.standing.open_bits
    ways = [terrain.with_beneath(positions(phase)) for phase in phases if phase & remaining & ~board.blocked_bits]
    anywhere = reduce(or_, ways, 0)
    kept: list[int] = []
    for place in (terrain.index[name] for name in previous if name in terrain.index):
        if not remaining >> place & 1:
            continue
        aim = anywhere if kept else ways[0] if ways else 0
        if not aim >> place & 1 or board.blocked_bits >> place & 1 or terrain.ancestors[place] & remaining:
            break
        kept.append(place)
        remaining &= ~(1 << place)
    return kept
