"""What a resource is aligned to: numbers and titles of a curriculum, and how closely each stands to a skill."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from polku.curriculum.curriculum import Curriculum
from polku.curriculum.resource import Resource
from polku.curriculum.values import Area, Code, Module, Objective, Subject

OBJECTIVE, MODULE, SUBJECT = 3, 2, 1
"""How closely a resource is aligned: to the objective, to its module or content area, to the subject."""


def names_of(curriculum: Curriculum) -> dict[str, dict[str, int]]:
    """Return, for each number and title of the curriculum, the skills it stands for and how closely."""
    names: dict[str, dict[str, int]] = defaultdict(dict)
    content = curriculum.content
    contents: dict[str, list[tuple[Iterable[Code], Mapping[str, str]]]] = defaultdict(list)
    for area in content.areas:
        contents[area.within].append(((area.code, *area.also), area.title))
    every: tuple[Objective | Module | Area, ...] = (*content.objectives, *content.modules, *content.areas)
    known = {one.id: one for one in every}
    subjects = {one.id: one for one in content.subjects}
    for skill in content.skills:
        for name in dict.fromkeys((*skill.objectives, skill.area)):
            one = known.get(name)
            if one is None:
                continue
            level = OBJECTIVE if name in curriculum.objectives else MODULE
            _name(names, skill.id, level, (one.code, *one.also), one.title)
            for codes, title in contents.get(name, ()):
                _name(names, skill.id, MODULE, codes, title)
            for subject in _upwards(one.subject, {key: found.within for key, found in subjects.items()}):
                _name(
                    names, skill.id, SUBJECT, (subjects[subject].code, *subjects[subject].also), subjects[subject].title
                )
    return names


def titles_of(curriculum: Curriculum) -> dict[str, Mapping[str, str]]:
    """Return, for each number and title of the curriculum, the title by language of what it stands for."""
    content = curriculum.content
    titles: dict[str, Mapping[str, str]] = {}
    every: tuple[Subject | Area | Module | Objective, ...] = (
        *content.subjects,
        *content.areas,
        *content.modules,
        *content.objectives,
    )
    for one in every:
        names = (*(code.code for code in (one.code, *one.also)), *(_folded(text) for text in one.title.values()))
        titles |= dict.fromkeys(names, one.title)
    return titles


def said_by(one: Resource) -> list[str]:
    """Return the numbers and titles that a resource is aligned by, as :func:`names_of` has them."""
    return [name for name in (*one.aligned, *(_folded(text) for text in one.named)) if name]


def _upwards(subject: str, within: Mapping[str, str]) -> list[str]:
    """Return a subject and those it is within, each once."""
    found: list[str] = []
    while subject in within and subject not in found:
        found.append(subject)
        subject = within[subject]
    return found


def _name(
    names: dict[str, dict[str, int]], skill: str, level: int, codes: Iterable[Code], title: Mapping[str, str]
) -> None:
    for name in (*(code.code for code in codes), *(_folded(text) for text in title.values())):
        names[name][skill] = max(level, names[name].get(skill, 0))


def _folded(text: str) -> str:
    """Return a title as it compares: case, spaces and the last full stop mean nothing."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).rstrip(".")


def alignment(one: Resource, names: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return the skills that a resource goes with, and how closely."""
    found: dict[str, int] = {}
    for name in said_by(one):
        for skill, level in names.get(name, {}).items():
            found[skill] = max(level, found.get(skill, 0))
    return found
