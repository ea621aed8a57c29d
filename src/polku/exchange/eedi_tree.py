"""Eedi's tree of subjects: which skills a question practises, and in which area.

A question lists the subjects it belongs to, of every level. Its skills are the lowest of them: those that none of the
others is below. A skill's area is its ancestor of level 1, such as Number or Algebra.

The trap: depending on the edition, a list holds ids of ``subjects.csv`` or the *places* of its rows, from 0. Read the
wrong way, many numbers still name a subject, only another one. What tells them apart: a list holds the parents of all
that it holds. The reading is taken in which more lists do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from polku.errors import InputError
from polku.exchange.areas import Place
from polku.exchange.several import read_companion, texts
from polku.records import DenyRules

COLUMNS = ("SubjectId", "Name", "ParentId", "Level")
TOP = "1"


@dataclass(frozen=True, slots=True)
class Subject:
    """A node: its title, its parent's id (which no node has for a root) and its level as text."""

    title: str
    parent: str
    level: str


@dataclass(frozen=True)
class Tree:
    """Subjects by id, in the order of their rows.

    Examples
    --------
    >>> maths, number, bidmas = Subject("Maths", "NULL", "0"), Subject("Number", "3", "1"), Subject("BIDMAS", "32", "2")
    >>> tree = Tree({"3": maths, "32": number, "33": bidmas})
    >>> tree.lowest(["3", "32", "33"]), tree.area("33"), tree.closed(["3", "33"])
    (['33'], '32', False)
    """

    subjects: Mapping[str, Subject]

    @classmethod
    def read(cls, file: Path, deny: DenyRules) -> Tree:
        """Read ``subjects.csv``.

        Raises
        ------
        InputError
            If columns are missing, a line cannot be split, or an id stands twice.
        """
        raw = read_companion(file, COLUMNS, deny)
        ids, *fields = (texts(raw, name) for name in COLUMNS)
        if raw.broken or len(set(ids)) < len(ids):
            # Places of rows count: one row more or less would give all questions other skills.
            got = raw.notes[-1] if raw.broken else "an id stands twice"
            raise InputError(f"{file.name} is not whole", got=got, hint="give the file as it was published")
        return cls(dict(zip(ids, map(Subject, *fields), strict=True)))

    def lowest(self, subjects: Iterable[str]) -> list[str]:
        """Return those subjects that none of the others has as its parent."""
        listed = list(subjects)
        parents = {self.subjects[subject].parent for subject in listed}
        return [subject for subject in listed if subject not in parents]

    def area(self, subject: str) -> str:
        """Return the ancestor of level 1, the subject itself included; empty for a root."""
        seen: set[str] = set()
        while subject in self.subjects and subject not in seen:
            if self.subjects[subject].level == TOP:
                return subject
            seen.add(subject)
            subject = self.subjects[subject].parent
        return ""

    @cached_property
    def _above(self) -> frozenset[str]:
        """Return what roots name as their parent."""
        return frozenset(subject.parent for subject in self.subjects.values()) - self.subjects.keys()

    def closed(self, subjects: Iterable[str]) -> bool:
        """Return whether all subjects are known, and their parents are among them."""
        listed = set(subjects)
        known = listed | self._above
        return all(subject in self.subjects and self.subjects[subject].parent in known for subject in listed)


def skills_of_questions(tree: Tree, file: Path, deny: DenyRules) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Return the skills of each question in ``questions.csv``, as subject ids, and notes on how its lists are read.

    A question whose list cannot be read, or names a subject that is not there, has no skills.

    Raises
    ------
    InputError
        If columns are missing, or the lists go with the subjects in neither way.
    """
    raw = read_companion(file, ("question_id", "subject_id"), deny)
    lists = [_numbers(text) for text in texts(raw, "subject_id")]
    order = list(tree.subjects)
    ways = {
        "ids of subjects": [[str(number) for number in numbers] for numbers in lists],
        "places of rows in subjects.csv, from 0,": [_at(order, numbers) for numbers in lists],
    }
    fitting = {way: sum(map(tree.closed, filter(None, named))) for way, named in ways.items()}
    way = max(fitting, key=lambda way: fitting[way])
    if not fitting[way]:
        hint = "give the subjects.csv that belongs to the questions"
        raise InputError(f"the lists in {file.name} name no subjects together with their parents", hint=hint)
    known = [listed if all(subject in tree.subjects for subject in listed) else [] for listed in ways[way]]
    note = f"the lists in {file.name} are read as {way} since {fitting[way]} of {len(lists)} then hold all parents"
    skills = zip(texts(raw, "question_id"), map(tree.lowest, known), strict=True)
    return dict(skills), (note, *raw.notes)


def places(tree: Tree, skills: Iterable[str]) -> tuple[dict[str, Place], dict[str, str]]:
    """Return title and area of each skill, and titles of areas, under the ids that responses use: ``s33``, ``a32``."""
    subjects = {skill: skill.removeprefix("s") for skill in skills}
    top = {skill: tree.area(subject) for skill, subject in subjects.items() if subject in tree.subjects}
    named = {skill: Place(tree.subjects[subjects[skill]].title, f"a{area}" * bool(area)) for skill, area in top.items()}
    return named, {f"a{area}": tree.subjects[area].title for area in top.values() if area}


def _numbers(text: str) -> list[int]:
    """Return a list of whole numbers written as JSON; empty when it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return []
    whole = isinstance(found, list) and all(type(number) is int and number >= 0 for number in found)
    return found if whole else []


def _at(order: Sequence[str], places: Sequence[int]) -> list[str]:
    """Return the subjects at places; a place behind the last one names no subject."""
    return [order[place] if place < len(order) else "" for place in places]
