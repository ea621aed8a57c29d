"""Where a step stands in the curriculum: what it serves, what it builds on, what supports it, where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from polku.curriculum import Area, Objective
from polku.paths.board import Board
from polku.paths.terrain import Terrain, positions
from polku.paths.values import Reason

_SERVED: WeakKeyDictionary[Terrain, dict[int, list[Reason]]] = WeakKeyDictionary()


def links_of(board: Board, place: int, support: int | None, onwards: int | None) -> tuple[Reason, ...]:
    """Return the objectives and the content area of a skill, and its nearest neighbours, for the teacher."""
    skills = board.terrain.skills
    links = list(_served(board, place))
    if support is not None:
        links.append(Reason("link.supported", {"skill": skills[support].title}))
    elif before := skills[place].prerequisites:
        latest = max(board.terrain.index[name] for name in before)
        links.append(Reason("link.builds_on", {"skill": skills[latest].title}))
    if onwards is not None:
        links.append(Reason("link.leads_to", {"skill": skills[onwards].title}))
    return tuple(links)


def _served(board: Board, place: int) -> list[Reason]:
    """Return the objectives that answers on the skill speak for, and its content area or module."""
    known = _SERVED.setdefault(board.terrain, {})
    if place not in known:
        known[place] = _serves(board.terrain, place)
    return known[place]


def _serves(terrain: Terrain, place: int) -> list[Reason]:
    skill = terrain.skills[place]
    named = [terrain.objectives[name] for name in skill.objectives if name in terrain.objectives]
    served = [one for one in named if one.estimable]
    area = terrain.areas.get(skill.area)
    found = [Reason("link.objective", {"objective": _labelled(served)})] if served else []
    if area is None:
        return found
    if area.id in skill.objectives:  # a module of upper secondary is an area, and has objectives of its own
        return [*found, Reason("link.module", {"module": _labelled([area])})]
    return [*found, Reason("link.area", {"area": _labelled([area])})]


def _labelled(entries: Sequence[Objective | Area]) -> Mapping[str, str]:
    """Return code and title by language, as each language's curriculum calls them: T14 is M14 in Swedish."""
    first = entries[0]
    return {
        language: "; ".join(f"{entry.label[language]} {entry.title[language]}" for entry in entries)
        for language in first.title
    }


def support_of(board: Board, place: int) -> int | None:
    """Return the skill that is good to do before this one: ready itself, and not shown yet.

    An open one comes first. Failing that, one of its own prerequisites that is only taken as met.
    """
    standing, ancestors = board.standing, board.terrain.ancestors
    if not standing.open[place]:
        return None
    opened = standing.open_bits & ~board.blocked_bits
    ready = [step for step in positions(ancestors[place] & opened) if not ancestors[step] & standing.open_bits]
    if ready:
        return max(ready, key=lambda step: (board.score[step], -step))
    own = [board.terrain.index[name] for name in board.terrain.skills[place].prerequisites]
    return max((step for step in own if standing.presumed[step] and board.allowed[step]), default=None)


def leads_to(board: Board, place: int, among: Sequence[int]) -> int | None:
    """Return a skill that builds on this one: the nearest among the steps beside it, else the first open one."""
    beside = [step for step in among if board.terrain.ancestors[step] >> place & 1]
    if beside:
        return beside[0]
    opened = board.terrain.descendants[place] & board.standing.open_bits & ~board.blocked_bits
    return (opened & -opened).bit_length() - 1 if opened else None


def opens(board: Board, place: int, among: Sequence[int]) -> int | None:
    """Return a skill that builds directly on this one and on nothing else open: one beside it, else the first."""
    terrain, still_open = board.terrain, board.standing.open_bits
    free = still_open & ~board.blocked_bits
    waiting = [
        step
        for step in terrain.next_up[place]
        if free >> step & 1 and terrain.ancestors[step] & still_open == 1 << place
    ]
    return min(waiting, key=lambda step: (step not in among, step), default=None)


def later_on(board: Board, place: int) -> int | None:
    """Return where this leads later: a goal that people have set, else the last skill up to the next grade.

    None where neither a goal nor a grade says how far to look.
    """
    standing, grade = board.standing, board.terrain.grade
    opened = positions(board.terrain.descendants[place] & standing.open_bits & ~board.blocked_bits)
    if standing.aims is not None:
        return max((step for step in opened if standing.aims[step]), default=None)
    if standing.grade is None:
        return None
    return max((step for step in opened if grade[step] <= standing.grade + 1), default=None)
