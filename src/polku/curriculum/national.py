"""What a national curriculum states besides skills: subjects, transversal competences, criteria as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from polku.curriculum.code import Code


@dataclass(frozen=True, slots=True)
class Subject:
    """A school subject, or one of the syllabuses that it is taught in.

    Parameters
    ----------
    id : str
        For example ``KE``, or ``MAA`` within ``MA``.
    code : Code
        The subject in its code set.
    title : mapping of str to str
        Title by language.
    within : str
        Id of the subject whose syllabus it is; empty for a subject.
    also : tuple of Code
        The same subject in other code sets.
    written : tuple of str
        As for a skill.
    """

    id: str
    code: Code
    title: Mapping[str, str] = field(hash=False)
    within: str = ""
    also: tuple[Code, ...] = ()
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transversal:
    """A competence that every subject serves (laaja-alainen osaaminen).

    Parameters
    ----------
    id : str
        For example ``L4``.
    code : Code
        The competence in its code set.
    label : mapping of str to str
        ``L4`` in Finnish is ``K4`` in Swedish.
    title : mapping of str to str
        Title by language.
    also : tuple of Code
        The same competence in other code sets.
    written : tuple of str
        As for a skill.
    """

    id: str
    code: Code
    label: Mapping[str, str] = field(hash=False)
    title: Mapping[str, str] = field(hash=False)
    also: tuple[Code, ...] = ()
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """What the national criteria describe for one mark of an objective: text to read, never a ground for a mark.

    Parameters
    ----------
    id : str
        Unique in the curriculum.
    objective : str
        Id of the objective.
    mark : int or None
        The mark that the text describes, as 5, 7, 8 or 9; None in criteria from before they were given by mark.
    text : mapping of str to str
        By language, as far as written: the Finnish and the Swedish criteria differ, none stands in for another.
    target : mapping of str to str
        What is looked at, by language.
    """

    id: str
    objective: str
    mark: int | None
    text: Mapping[str, str] = field(hash=False)
    target: Mapping[str, str] = field(default_factory=dict, hash=False)
