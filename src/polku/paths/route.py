"""The path: ordered steps towards targets, none before what it builds on, steady between calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from polku.paths.board import Board
from polku.paths.terrain import positions, to_bits


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
    holding = board.standing.holding_bits
    shut = blocked & holding
    reachable = [place for place in positions(targets & remaining & ~blocked) if not ancestors[place] & shut]
    return max(
        reachable, key=lambda place: (score[place] - board.cost(place, remaining & holding), -place), default=None
    )


def route(
    board: Board, phases: Sequence[int], steps: int, previous: Iterable[str] = (), *, first: int | None = None
) -> list[int]:
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
    first : int, optional
        Position of a step that may be taken now, to begin with in place of what was suggested before.

    Returns
    -------
    list of int
        At most `steps` positions. What holds back a step comes before it, and nothing that it builds on after it.
    """
    if first is not None:
        return _extend(board, phases, steps, [first])
    fresh = _extend(board, phases, steps, begin(board, phases))
    kept = _still_valid(board, phases, previous)[:steps]
    if not fresh or not kept or board.score[fresh[0]] > board.score[kept[0]] + board.offer.margin:
        kept = []
    path = _extend(board, phases, steps, kept) if kept else fresh
    return sorted(path) if board.thin else path


def begin(board: Board, phases: Sequence[int]) -> list[int]:
    """Return the best-scored step that may be taken now on the way to what comes first; none while answers are few.

    Where people have said how many steps are left, what has been shown on the way to their goals may be met again.
    """
    if board.thin:
        return []
    standing, ancestors = board.standing, board.terrain.ancestors
    shut = standing.open_bits & board.blocked_bits & standing.holding_bits
    again = _again(board)
    for targets in phases:
        reached = [place for place in positions(targets & ~board.blocked_bits) if not ancestors[place] & shut]
        way = board.terrain.with_beneath(reached) & standing.open_bits | again
        free = [place for place in positions(way & ~board.blocked_bits) if not ancestors[place] & standing.holding_bits]
        if free:
            score = board.score[free]
            return [free[int(score.argmax())]]
    return []


def _again(board: Board) -> int:
    """Return what may be met again on the way to people's goals, as a bit set."""
    standing = board.standing
    if standing.aims is None or standing.horizon is None:
        return 0
    return board.terrain.with_beneath(positions(to_bits(standing.aims))) & ~standing.open_bits


def _extend(board: Board, phases: Sequence[int], steps: int, start: list[int]) -> list[int]:
    """Return `start` followed by further steps towards the targets; what a step builds on is not gone back to."""
    path, remaining = list(start), board.standing.open_bits & ~board.terrain.with_beneath(start)
    for targets in phases:
        while len(path) < steps and (target := nearest_target(board, targets, remaining)) is not None:
            ascent = _ascent(board, target, remaining, steps - len(path))
            path += ascent
            remaining &= ~board.terrain.with_beneath(ascent)
    return path


def _ascent(board: Board, target: int, remaining: int, steps: int) -> list[int]:
    """Return the first `steps` steps up to and with the target: of those ready, always the best-scored."""
    ancestors, score, holding = board.terrain.ancestors, board.score.tolist(), board.standing.holding_bits
    way = (ancestors[target] | 1 << target) & remaining & ~board.blocked_bits
    ascent: list[int] = []
    while way and len(ascent) < steps:
        ready = [place for place in positions(way) if not ancestors[place] & way & holding]
        step = max(ready, key=lambda place: (score[place], -place))
        ascent.append(step)
        way &= ~board.terrain.with_beneath([step])
    return ascent


def _still_valid(board: Board, phases: Sequence[int], previous: Iterable[str]) -> list[int]:
    """Return the leading steps of an earlier path that are still open, allowed, ordered and on the way.

    The first must be on the way to what comes first now; a new pin or goal therefore takes over at once.
    """
    terrain, remaining, holding = board.terrain, board.standing.open_bits, board.standing.holding_bits
    ways = [terrain.with_beneath(positions(phase)) for phase in phases if phase & remaining & ~board.blocked_bits]
    anywhere = reduce(or_, ways, 0)
    kept: list[int] = []
    for place in (terrain.index[name] for name in previous if name in terrain.index):
        if not remaining >> place & 1:
            continue
        aim = anywhere if kept else ways[0] if ways else 0
        if not aim >> place & 1 or board.blocked_bits >> place & 1 or terrain.ancestors[place] & remaining & holding:
            break
        kept.append(place)
        remaining &= ~board.terrain.with_beneath([place])
    return kept
