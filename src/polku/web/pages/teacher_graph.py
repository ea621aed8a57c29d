"""A learner's path on the prerequisite graph: which skills are drawn, and where each stands.

Layers go from left to right, each skill after what it builds on (longest path, Sugiyama 1981); within a layer skills
stand near the mean place of their neighbours (barycentre heuristic), so that few lines cross.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from polku.curriculum import Curriculum

WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 180, 50, 46, 16, 14
"""Of a box, between boxes, and around the drawing; in pixels."""
LETTERS: Final = 22
"""Letters on a line of a box."""
MOST: Final = 26
"""Skills drawn: more could not be taken in."""
SWEEPS: Final = 4


@dataclass(frozen=True)
class Node:
    """One skill of the drawing.

    Parameters
    ----------
    skill_id : str
        The skill.
    title : mapping of str to str
        Its title by language.
    kind : str
        "option", "path", "goal", or "ground" for what the others build on.
    state : str
        As :data:`polku.web.pages.teacher_evidence.State`, or "none" without answers.
    x, y : int
        Left upper corner, pixels.
    place : int
        Its number on the path, from 1; 0 where it is not on it.
    before : tuple of mapping
        Titles of the skills that it builds on, among those drawn.
    """

    skill_id: str
    title: Mapping[str, str]
    kind: str
    state: str
    x: int
    y: int
    place: int
    before: tuple[Mapping[str, str], ...]

    def lines(self, language: str) -> list[str]:
        """Return the title as it stands in the box: two lines at most."""
        return textwrap.wrap(self.title[language], LETTERS, max_lines=2, placeholder=" …")


@dataclass(frozen=True)
class Drawing:
    """The whole drawing.

    Parameters
    ----------
    nodes : tuple of Node
        In the curriculum's order.
    lines : tuple of str
        Paths of SVG from each skill to what builds on it.
    width, height : int
        Pixels.
    """

    nodes: tuple[Node, ...]
    lines: tuple[str, ...]
    width: int
    height: int


def drawing_of(
    curriculum: Curriculum,
    options: Sequence[str],
    path: Sequence[str],
    goals: Collection[str],
    states: Mapping[str, str],
) -> Drawing:
    """Return the drawing of a path.

    Parameters
    ----------
    curriculum : Curriculum
        Says what builds on what.
    options, path : sequence of str
        Skills suggested now, and the way ahead in order.
    goals : collection of str
        Skills that the path leads to.
    states : mapping of str to str
        What answers say of each skill.

    Examples
    --------
    >>> graph = Curriculum.from_json('{"skills": [{"id": "b", "prerequisites": ["a"]}, {"id": "a"}]}')
    >>> [(one.skill_id, one.kind) for one in drawing_of(graph, ["b"], [], (), {"a": "shown"}).nodes]
    [('a', 'ground'), ('b', 'option')]
    """
    kinds = _kinds(curriculum, options, path, goals)
    drawn = [skill for skill in curriculum.order if skill in kinds]
    before = {skill: [one for one in curriculum.prerequisites(skill) if one in kinds] for skill in drawn}
    columns = _columns(drawn, before)
    at = {skill: (column, row) for column, skills in enumerate(columns) for row, skill in enumerate(skills)}
    tallest = max(map(len, columns), default=0)
    spot = {skill: _spot(*at[skill], len(columns[at[skill][0]]), tallest) for skill in drawn}
    nodes = tuple(
        Node(
            skill,
            curriculum.skills[skill].title,
            kinds[skill],
            states.get(skill, "none"),
            *spot[skill],
            path.index(skill) + 1 if skill in path else 0,
            tuple(curriculum.skills[one].title for one in before[skill]),
        )
        for skill in drawn
    )
    lines = tuple(_line(spot[one], spot[skill]) for skill in drawn for one in before[skill])
    width = 2 * EDGE + len(columns) * WIDTH + max(len(columns) - 1, 0) * ACROSS
    return Drawing(nodes, lines, width, 2 * EDGE + tallest * HEIGHT + max(tallest - 1, 0) * DOWN)


def _kinds(
    curriculum: Curriculum, options: Sequence[str], path: Sequence[str], goals: Collection[str]
) -> dict[str, str]:
    """Return the skills that are drawn: options, path and goals, and what these build on, as far as there is room."""
    kinds: dict[str, str] = {}
    for kind, skills in (("option", options), ("path", path), ("goal", goals)):
        for skill in (one for one in skills if one in curriculum):
            if len(kinds) < MOST:
                kinds.setdefault(skill, kind)
    for skill in list(kinds):
        for one in curriculum.prerequisites(skill):
            if len(kinds) < MOST:
                kinds.setdefault(one, "ground")
    return kinds


def _columns(drawn: Iterable[str], before: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the skills layer by layer, in each ordered so that few lines cross."""
    depth: dict[str, int] = {}
    for skill in drawn:  # in curriculum order: what it builds on has come
        depth[skill] = max((depth[one] + 1 for one in before[skill]), default=0)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for skill, column in depth.items():
        columns[column].append(skill)
    after: dict[str, list[str]] = {skill: [] for skill in depth}
    for skill, ones in before.items():
        for one in ones:
            after[one].append(skill)
    for sweep in range(SWEEPS):
        beside = before if sweep % 2 == 0 else after
        rows = {skill: row for column in columns for row, skill in enumerate(column)}
        for layer in columns:
            layer.sort(key=lambda skill: _mean([rows[one] for one in beside[skill]], rows[skill]))
    return columns


def _mean(places: Sequence[int], otherwise: int) -> float:
    return sum(places) / len(places) if places else float(otherwise)


def _spot(column: int, row: int, own: int, tallest: int) -> tuple[int, int]:
    """Return where a box stands; a short layer stands in the middle."""
    lowered = (tallest - own) * (HEIGHT + DOWN) // 2
    return EDGE + column * (WIDTH + ACROSS), EDGE + lowered + row * (HEIGHT + DOWN)


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return a curve from the right side of one box to the left side of another."""
    x, y, to_x, to_y = start[0] + WIDTH, start[1] + HEIGHT // 2, end[0], end[1] + HEIGHT // 2
    bend = max((to_x - x) // 2, ACROSS // 2)
    return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
