"""The values a curriculum is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from polku.curriculum.code import Code
from polku.curriculum.national import Criterion, Subject, Transversal

__all__ = [
    "Area",
    "Code",
    "Content",
    "Criterion",
    "Module",
    "Objective",
    "Skill",
    "Subject",
    "Transversal",
    "natural_key",
    "same_title",
]

LANGUAGES = ("fi", "sv", "en")
"""Languages every title is written in."""

BANDS = ("1-2", "3-6", "7-9", "lukio")
"""Grade bands, earlier first: the three of basic education, then upper secondary."""

ESTIMABLE_AREA = "C"
"""Target area whose objectives answers can speak for: conceptual knowledge and subject skill."""


NUMBERS = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Skill:
    """Something a learner can come to master, as named in responses.

    Parameters
    ----------
    id : str
        The id used in responses, for example ``MA79.S3.01``.
    code : Code
        The same skill in its code set.
    band : str
        One of :data:`BANDS`, or empty when unknown.
    area : str
        Id of its content area, in upper secondary its module; empty when unknown.
    grade : int or None
        Grade in which textbooks usually meet it: 1..9, and 10..12 for the years of upper secondary.
    syllabus : str or None
        ``common``, ``long`` or ``short`` in upper secondary, else None.
    title : mapping of str to str
        Short title by language (:data:`LANGUAGES`).
    objectives : tuple of str
        Ids of the objectives, or of the upper-secondary module, that it serves.
    prerequisites : tuple of str
        Skills it uses as a step or a definition (hard).
    recommended_after : tuple of str
        Skills usually met before it (soft).
    written : tuple of str
        Languages its title was written in, where not in all: the others show one of these texts.

    Examples
    --------
    >>> Skill.bare("fractions").title["sv"]
    'fractions'
    """

    id: str
    code: Code
    band: str
    area: str
    grade: int | None
    syllabus: str | None
    title: Mapping[str, str] = field(hash=False)
    objectives: tuple[str, ...]
    prerequisites: tuple[str, ...]
    recommended_after: tuple[str, ...]
    written: tuple[str, ...] = ()

    @classmethod
    def bare(cls, skill_id: str) -> Skill:
        """Return a skill of which only the id is known; the id is its title."""
        return cls(skill_id, Code("local", "", skill_id), "", "", None, None, same_title(skill_id), (), (), ())


@dataclass(frozen=True, slots=True)
class Objective:
    """A national objective of one grade band.

    Parameters
    ----------
    id : str
        Unique over bands, for example ``MA79.T14``.
    code : Code
        The objective in its code set.
    label : mapping of str to str
        How each language's curriculum calls it: ``T14`` in Finnish is ``M14`` in Swedish.
    band : str
        One of :data:`BANDS`.
    target_area : str
        ``A`` meaning, values and attitudes; ``B`` working skills; ``C`` concepts and subject skills.
    graded : bool
        Whether national assessment covers it.
    areas : tuple of str
        Ids of the content areas it belongs to.
    title : mapping of str to str
        Own short wording by language.
    also : tuple of Code
        The same objective in other code sets.
    subject : str
        Id of its :class:`Subject`; empty in a curriculum of one subject.
    transversal : tuple of str
        Ids of the transversal competences it serves.
    written : tuple of str
        As for a skill.

    Examples
    --------
    >>> names = dict.fromkeys(LANGUAGES, "T2")
    >>> Objective("MA79.T2", Code("local", "", "T2"), names, "7-9", "A", True, (), names).estimable
    False
    """

    id: str
    code: Code
    label: Mapping[str, str] = field(hash=False)
    band: str
    target_area: str
    graded: bool
    areas: tuple[str, ...]
    title: Mapping[str, str] = field(hash=False)
    also: tuple[Code, ...] = ()
    subject: str = ""
    transversal: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    @property
    def estimable(self) -> bool:
        """Return whether answers to tasks can speak for it: target area C only, in every band.

        Areas A and B describe attitudes and ways of working; a teacher sees them in the classroom, a
        click does not show them. They may accompany a skill, they never carry one alone.
        """
        return self.target_area == ESTIMABLE_AREA


@dataclass(frozen=True, slots=True)
class Area:
    """A content area of one grade band; a module of upper secondary is an area of its own.

    Parameters
    ----------
    id : str
        Unique over bands, for example ``MA79.S3``: the national ``S3`` repeats in each band.
    code : Code
        The area in its code set.
    label : mapping of str to str
        How each language's curriculum calls it: ``S3`` in Finnish is ``I3`` in Swedish.
    band : str
        One of :data:`BANDS`, or empty when unknown.
    title : mapping of str to str
        Short title by language.
    also : tuple of Code
        The same area in other code sets.
    subject : str
        Id of its :class:`Subject`; empty in a curriculum of one subject.
    within : str
        Id of the module whose content it is, in upper secondary.
    written : tuple of str
        As for a skill.
    """

    id: str
    code: Code
    label: Mapping[str, str] = field(hash=False)
    band: str
    title: Mapping[str, str] = field(hash=False)
    also: tuple[Code, ...] = ()
    subject: str = ""
    within: str = ""
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """A module of upper secondary; it has objectives of its own and no T-codes.

    Parameters
    ----------
    id : str
        For example ``MAB2``.
    code : Code
        The module in the national code set.
    syllabus : str
        ``common``, ``long`` or ``short``.
    credits : int or float
        Extent in study credits (opintopiste); 0 where it is not stated.
    compulsory : bool
        Whether everybody in the syllabus takes it.
    title : mapping of str to str
        Title by language.
    also : tuple of Code
        The same module in other code sets.
    subject : str
        Id of its :class:`Subject`; empty in a curriculum of one subject.
    written : tuple of str
        As for a skill.
    """

    id: str
    code: Code
    syllabus: str
    credits: float
    compulsory: bool
    title: Mapping[str, str] = field(hash=False)
    also: tuple[Code, ...] = ()
    subject: str = ""
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """All that a curriculum file states, before anything is derived from it.

    Parameters
    ----------
    skills, objectives, areas, modules : tuple
        The entries, in any order.
    id, version : str
        Name and version of the curriculum.
    title : mapping of str to str
        Title by language.
    subject : Code, optional
        The school subject.
    replaced_by : mapping of str to tuple of str
        Skills of earlier versions, and the skills of this one that an answer to them now speaks for.
    subjects, transversals, criteria : tuple
        What a national curriculum states besides; empty in a curriculum of one subject's skills.
    valid_from, valid_until : str
        ISO dates of a national curriculum; empty where open.
    """

    skills: tuple[Skill, ...] = ()
    objectives: tuple[Objective, ...] = ()
    areas: tuple[Area, ...] = ()
    modules: tuple[Module, ...] = ()
    id: str = "local"
    version: str = ""
    title: Mapping[str, str] = field(default_factory=lambda: same_title("local"), hash=False)
    subject: Code | None = None
    replaced_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    subjects: tuple[Subject, ...] = ()
    transversals: tuple[Transversal, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    valid_from: str = ""
    valid_until: str = ""


def same_title(text: str) -> dict[str, str]:
    """Return one text as the title in every language.

    Examples
    --------
    >>> same_title("a")
    {'fi': 'a', 'sv': 'a', 'en': 'a'}
    """
    return dict.fromkeys(LANGUAGES, text)


def natural_key(name: str) -> tuple[tuple[str | int, ...], str]:
    """Return a sort key that reads runs of digits as numbers, so that ``MAA2`` precedes ``MAA10``.

    Examples
    --------
    >>> sorted(["MAA10.01", "MAA2.01", "7"], key=natural_key)
    ['7', 'MAA2.01', 'MAA10.01']
    """
    parts = NUMBERS.split(name)
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), name
