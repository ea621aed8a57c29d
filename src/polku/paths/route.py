"""The path: ordered steps towards targets, none before what it builds on, steady between calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from polku.paths.board import Board
from polku.paths.terrain import positions


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


def route(board: Board, phases: Sequence[int], steps: int, previous: Iterable[str] = ()) -> list[int]:
    """Return the positions of the path's steps, first step first.

    Parameters
    ----------
    board : Board
        Scores and what is allowed.
    phases : sequence of int
        Bit sets of targets; a phase begins when the one before it has nothing left to reach.
    steps : int
        Longest path.
    previous : iterable of str
        The path suggested before. Its remaining steps stay in front while they are possible and the first
        of them is not outdone by more than the policy's margin.

    Returns
    -------
    list of int
        At most `steps` positions; every open skill that one of them builds on comes before it.
    """
    fresh = _extend(board, phases, steps, [])
    kept = _still_valid(board, phases, previous)[:steps]
    if not fresh or not kept or board.score[fresh[0]] > board.score[kept[0]] + board.offer.margin:
        kept = []
    path = _extend(board, phases, steps, kept) if kept else fresh
    return sorted(path) if board.thin else path


def _extend(board: Board, phases: Sequence[int], steps: int, start: list[int]) -> list[int]:
    """Return `start` followed by further steps towards the targets."""
    path, remaining = list(start), board.standing.open_bits & ~_union(start)
    for targets in phases:
        while len(path) < steps and (target := nearest_target(board, targets, remaining)) is not None:
            ascent = _ascent(board, target, remaining, steps - len(path))
            path += ascent
            remaining &= ~_union(ascent)
    return path


def _ascent(board: Board, target: int, remaining: int, steps: int) -> list[int]:
    """Return the first `steps` steps up to and with the target: of those ready, always the best-scored."""
    ancestors, score = board.terrain.ancestors, board.score.tolist()
    way = positions((ancestors[target] | 1 << target) & remaining)
    ascent: list[int] = []
    while way and len(ascent) < steps:
        step = max(
            (place for place in way if not ancestors[place] & remaining), key=lambda place: (score[place], -place)
        )
        ascent.append(step)
        way.remove(step)
        remaining &= ~(1 << step)
    return ascent


def _still_valid(board: Board, phases: Sequence[int], previous: Iterable[str]) -> list[int]:
    """Return the leading steps of an earlier path that are still open, allowed, ordered and on the way.

    The first must be on the way to what comes first now; a new pin or goal therefore takes over at once.
    """
    terrain, remaining = board.terrain, board.standing.open_bits
    ways = [_way(board, phase) for phase in phases if phase & remaining & ~board.blocked_bits]
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


def _way(board: Board, targets: int) -> int:
    """Return the targets and all that they build on, as a bit set."""
    return reduce(or_, (board.terrain.ancestors[place] for place in positions(targets)), targets)


def _union(places: Iterable[int]) -> int:
    """Return positions as a bit set."""
    return reduce(or_, (1 << place for place in places), 0)
