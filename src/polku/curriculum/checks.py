"""Refuses content that does not hold together, one class of problem at a time, the first few of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice

from polku.curriculum import graph
from polku.curriculum.values import Area, Content, Module, Objective, Skill
from polku.errors import DefinitionError, nearest

SHOWN = 5
"""How many problems of one class an error lists."""

SPEAKABLE = re.compile(r"[^\s;\x00-\x1f\x7f]([^;\x00-\x1f\x7f]*[^\s;\x00-\x1f\x7f])?")
"""An id as responses can carry it: not blank, no control character, no semicolon, no space at either end."""

Problems = tuple[str, Sequence[str], str]


def check(content: Content, where: str) -> None:
    """Raise on the first class of problem that `content` has.

    Parameters
    ----------
    content : Content
        What a curriculum states.
    where : str
        Name of its source.

    Raises
    ------
    DefinitionError
        Names `where`, the problem, the first few places of it, and what to try.
    """
    for find in CHECKS:
        for what, places, hint in find(content):
            if places:
                raise DefinitionError(f"{where}: {what}", got=first_few(places), hint=hint)


def first_few(places: Sequence[str]) -> str:
    """Join the first few places and count the rest.

    Examples
    --------
    >>> first_few(["a", "b", "c", "d", "e", "f", "g"])
    'a; b; c; d; e (and 2 more)'
    """
    more = f" (and {len(places) - SHOWN} more)" if len(places) > SHOWN else ""
    return "; ".join(places[:SHOWN]) + more


def _duplicates(content: Content) -> Iterable[Problems]:
    """Find ids that two entries of a kind share, or an area and a module."""
    kinds = {
        "skill": [entry.id for entry in content.skills],
        "objective": [entry.id for entry in content.objectives],
        "area or module": _area_ids(content),
        "subject": [entry.id for entry in content.subjects],
        "transversal competence": [entry.id for entry in content.transversals],
        "criterion": [entry.id for entry in content.criteria],
    }
    for kind, ids in kinds.items():
        yield f"{kind} ids repeat", _repeated(ids), "give each entry an id of its own"


def _unspeakable(content: Content) -> Iterable[Problems]:
    """Find ids that a file of responses could not carry."""
    ids = [*(entry.id for entry in content.skills), *(entry.id for entry in content.objectives), *_area_ids(content)]
    places = [repr(name) for name in ids if not SPEAKABLE.fullmatch(name)]
    yield "ids are blank, or hold a semicolon or a control character", places, "rename them here and in responses"


def _self_loops(content: Content) -> Iterable[Problems]:
    """Find skills that come before themselves."""
    loops = [f"{s.id} → {s.id}" for s in content.skills if s.id in {*s.prerequisites, *s.recommended_after}]
    yield "skills come before themselves", loops, "remove the skill from its own list"


def _repeated_edges(content: Content) -> Iterable[Problems]:
    """Find lists that name something twice."""
    places = [
        f"{skill.id}: {other} twice"
        for skill in content.skills
        for listed in (skill.prerequisites, skill.recommended_after, skill.objectives)
        for other in _repeated(listed)
    ]
    yield "skills list something twice", places, "name it once"


def _dangling(content: Content) -> Iterable[Problems]:
    """Find references to what is not there."""
    skills = {skill.id for skill in content.skills}
    areas = set(_area_ids(content))
    objectives = {entry.id for entry in content.objectives} | {entry.id for entry in content.modules}
    references: list[tuple[str, Collection[str], Callable[[Skill], Iterable[str]]]] = [
        ("prerequisites name skills that are not there", skills, lambda skill: skill.prerequisites),
        ("recommended order names skills that are not there", skills, lambda skill: skill.recommended_after),
        ("objectives of skills are not there", objectives, lambda skill: skill.objectives),
        ("areas of skills are not there", areas, lambda skill: [skill.area] if skill.area else []),
    ]
    for what, known, named in references:
        yield _lost(what, [(skill.id, name) for skill in content.skills for name in named(skill)], known)
    replaced = [(old, name) for old, new in content.replaced_by.items() for name in new]
    yield _lost("skills are replaced by skills that are not there", replaced, skills)
    pairs = [(entry.id, area) for entry in content.objectives for area in entry.areas]
    yield _lost("areas of objectives are not there", pairs, areas)
    yield from _dangling_nationals(content)


def _dangling_nationals(content: Content) -> Iterable[Problems]:
    """Find references to subjects, competences, modules and objectives that are not there."""
    subjects = {entry.id for entry in content.subjects}
    owners: tuple[Objective | Area | Module, ...] = (*content.objectives, *content.areas, *content.modules)
    named = [(entry.id, entry.subject) for entry in owners if entry.subject]
    named += [(entry.id, entry.within) for entry in content.subjects if entry.within]
    yield _lost("subjects are not there", named, subjects)
    served = [(entry.id, name) for entry in content.objectives for name in entry.transversal]
    yield _lost("transversal competences are not there", served, {entry.id for entry in content.transversals})
    holders = [(entry.id, entry.within) for entry in content.areas if entry.within]
    yield _lost("modules of contents are not there", holders, {entry.id for entry in content.modules})
    judged = [(entry.id, entry.objective) for entry in content.criteria]
    yield _lost("objectives of criteria are not there", judged, {entry.id for entry in content.objectives})


def _lost(what: str, pairs: Iterable[tuple[str, str]], known: Collection[str]) -> Problems:
    """Keep the pairs whose second is unknown; the hint is for the first of them."""
    lost = [(owner, name) for owner, name in pairs if name not in known]
    hint = f"for {lost[0][1]!r}: {nearest(lost[0][1], known)}" if lost else ""
    return what, [f"{name!r} in {owner}" for owner, name in lost], hint


def _replaced(content: Content) -> Iterable[Problems]:
    """Find skills that are replaced and still there."""
    here = [skill.id for skill in content.skills if skill.id in content.replaced_by]
    yield "skills are replaced and still there", here, "keep the skill, or what replaces it"


def _cycles(content: Content) -> Iterable[Problems]:
    """Find prerequisites that run in a circle."""
    ids = [skill.id for skill in content.skills]
    place = {skill_id: number for number, skill_id in enumerate(ids)}
    found = islice(graph.cycles([[place[other] for other in skill.prerequisites] for skill in content.skills]), SHOWN)
    hint = "x → y says that x is a prerequisite of y: remove one of these, or make it recommended_after"
    yield "prerequisites run in a circle", [" → ".join(ids[node] for node in cycle) for cycle in found], hint


def _not_estimable(content: Content) -> Iterable[Problems]:
    """Find skills that stand on attitudes and working skills alone."""
    estimable = {entry.id for entry in content.objectives if entry.estimable} | {entry.id for entry in content.modules}
    places = [
        f"{skill.id} ({', '.join(skill.objectives)})"
        for skill in content.skills
        if skill.objectives and estimable.isdisjoint(skill.objectives)
    ]
    hint = "attitudes and working skills (target areas A and B) are never estimated: name an objective of area C too"
    yield "skills have no objective that answers can speak for", places, hint


def _area_ids(content: Content) -> list[str]:
    """Return the ids skills may name as their area."""
    return [*(entry.id for entry in content.areas), *(entry.id for entry in content.modules)]


def _repeated(names: Sequence[str]) -> list[str]:
    if len(set(names)) == len(names):  # nearly always, and much cheaper than counting
        return []
    return [name for name, count in Counter(names).items() if count > 1]


CHECKS: tuple[Callable[[Content], Iterable[Problems]], ...] = (
    _unspeakable,
    _duplicates,
    _self_loops,
    _repeated_edges,
    _dangling,
    _replaced,
    _cycles,
    _not_estimable,
)
