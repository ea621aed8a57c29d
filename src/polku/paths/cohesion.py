"""A class together: who could work on the same skill next, without routes drifting apart.

Groups form by the next skill and by nothing else; they are for now, have no rank and no name. Everybody stays within
their own options, so nobody is held back or hurried by a group: the class only chooses among what is right for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.paths.values import Path


@dataclass(frozen=True, slots=True)
class Group:
    """Learners who could work on one skill next.

    Parameters
    ----------
    skill_id : str
        The skill.
    learners : tuple of str
        Who, in the order given.
    """

    skill_id: str
    learners: tuple[str, ...]


def plan_class(curriculum: Curriculum, paths: Mapping[str, Path], *, drift: int | None = None) -> tuple[Group, ...]:
    """Return groups of learners by next skill, as few as their own options allow; the largest first.

    Of everybody's own options those count that lie within `drift` of the middle of the class; of a learner who has none
    so near, the nearest one. What several can share comes first (greedy set cover, Chvátal 1979); who shares nothing
    keeps their own suggestion.

    Parameters
    ----------
    curriculum : Curriculum
        Says how far apart two skills lie: by how many prerequisites one comes after another.
    paths : mapping of str to Path
        By learner; those without options are left out.
    drift : int, optional
        Bound on how far next skills may lie from the class's middle one. Absent: nobody is bound.

    Raises
    ------
    InputError
        If `drift` is negative.

    Examples
    --------
    >>> from polku.paths.values import Step
    >>> def path(*names): return Path("model", tuple(Step(name, "continue") for name in names))
    >>> ab = Curriculum.of_skills("ab")
    >>> plan_class(ab, {"Aino": path("a", "b"), "Leo": path("b"), "Elli": path("b", "a")})
    (Group(skill_id='b', learners=('Aino', 'Leo', 'Elli')),)
    """
    return gather(curriculum, {name: [step.skill_id for step in path.options] for name, path in paths.items()}, drift)


def gather(curriculum: Curriculum, options: Mapping[str, Iterable[str]], drift: int | None = None) -> tuple[Group, ...]:
    """Return groups of learners as :func:`plan_class` does, by the skills of their options, the suggested one first."""
    if drift is not None and drift < 0:
        raise InputError("routes cannot drift apart by less than nothing", got=drift, hint="give 0 or more")
    known = {name: [one for one in own if one in curriculum] for name, own in options.items()}
    waiting = {name: own for name, own in known.items() if own}
    if drift is not None:
        waiting = _bounded(waiting, depths(curriculum), drift)
    groups: list[Group] = []
    while waiting:
        sharing: dict[str, list[str]] = {}
        for name, own in waiting.items():
            for skill in own:
                sharing.setdefault(skill, []).append(name)
        skill = max(sharing, key=lambda one: (len(sharing[one]), _first_choice(one, waiting), -curriculum.index(one)))
        members = sharing[skill] if len(sharing[skill]) > 1 else [next(iter(waiting))]
        chosen = skill if len(members) > 1 else waiting[members[0]][0]
        groups.append(Group(chosen, tuple(members)))
        waiting = {name: own for name, own in waiting.items() if name not in members}
    return tuple(groups)


def _first_choice(skill: str, waiting: Mapping[str, list[str]]) -> int:
    """Return how many are suggested the skill first."""
    return sum(own[0] == skill for own in waiting.values())


def _bounded(waiting: Mapping[str, list[str]], depth: Mapping[str, int], drift: int) -> dict[str, list[str]]:
    """Return everybody's options within the bound around the middle of the class; failing that, the nearest one."""
    suggested = sorted(depth[own[0]] for own in waiting.values())
    middle = suggested[len(suggested) // 2] if suggested else 0
    near = {name: [one for one in own if abs(depth[one] - middle) <= drift] for name, own in waiting.items()}
    nearest = {name: [min(own, key=lambda one: abs(depth[one] - middle))] for name, own in waiting.items()}
    return {name: near[name] or nearest[name] for name in waiting}


def depths(curriculum: Curriculum) -> dict[str, int]:
    """Return how many prerequisites stand one above the other before each skill.

    Examples
    --------
    >>> depths(Curriculum.from_json('{"skills": [{"id": "b", "prerequisites": ["a"]}, {"id": "a"}]}'))
    {'a': 0, 'b': 1}
    """
    depth: dict[str, int] = {}
    for name, skill in curriculum.skills.items():
        depth[name] = max((depth[before] + 1 for before in skill.prerequisites), default=0)
    return depth
