"""What reading a curriculum of another standard comes to: our content, and an account of what was not taken."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from polku.curriculum import Content, Curriculum, Subject
from polku.errors import InputError, NotFoundError, nearest

OnStep = Callable[[int, int], None]
LARGEST = 256 << 20
"""Bytes of the largest file taken; the whole national curriculum of basic education is ten million."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An element that was not taken.

    Parameters
    ----------
    kind, id : str
        What it is, and how the file calls it.
    reason : str
        Why it could not be used.
    """

    kind: str
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class CurriculumReading:
    """A curriculum in our own terms, and an account of every element of the file.

    Parameters
    ----------
    content : Content
        What was taken.
    standard : str
        What the file was read as.
    counts : mapping of str to int
        Elements taken, by kind.
    refused : tuple of Refused
        Elements not taken.
    notes : tuple of str
        What a person should know.
    """

    content: Content
    standard: str
    counts: Mapping[str, int] = field(hash=False)
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def curriculum(self) -> Curriculum:
        """Return the curriculum, checked; raises DefinitionError where it does not hold together."""
        return Curriculum(self.content, where=self.content.id)

    def account(self) -> dict[str, dict[str, int]]:
        """Return per kind how many elements were expected, accepted and refused."""
        refused = Counter(one.kind for one in self.refused)
        kinds = [*self.counts, *(kind for kind in refused if kind not in self.counts)]
        return {
            kind: {
                "accepted": self.counts.get(kind, 0),
                "refused": refused[kind],
                "expected": self.counts.get(kind, 0) + refused[kind],
            }
            for kind in kinds
        }


def of_subjects(content: Content, chosen: str) -> Content:
    """Return what belongs to one subject with its syllabuses; shared competences stay.

    Parameters
    ----------
    content : Content
        A curriculum of several subjects.
    chosen : str
        Id of a subject or of one of its syllabuses.

    Raises
    ------
    NotFoundError
        If there is no such subject.
    """
    known = {subject.id: subject for subject in content.subjects}
    if chosen not in known:
        raise NotFoundError("no such subject in the curriculum", got=chosen, hint=nearest(chosen, known))
    kept = {chosen}
    while more := {one.id for one in content.subjects if one.within in kept} - kept:
        kept |= more
    top = known[chosen]
    objectives = tuple(one for one in content.objectives if one.subject in kept)
    modules = tuple(one for one in content.modules if one.subject in kept)
    served = {*(one.id for one in objectives), *(one.id for one in modules)}
    return replace(
        content,
        id=f"{content.id}-{chosen}",
        title=dict(top.title),
        subject=top.code,
        subjects=tuple(_rooted(one, kept) for one in content.subjects if one.id in kept),
        objectives=objectives,
        modules=modules,
        areas=tuple(one for one in content.areas if one.subject in kept),
        skills=tuple(one for one in content.skills if not served.isdisjoint(one.objectives)),
        criteria=tuple(one for one in content.criteria if one.objective in served),
    )


def _rooted(subject: Subject, kept: Collection[str]) -> Subject:
    return replace(subject, within=subject.within if subject.within in kept else "")


def json_of(path: Path) -> Any:
    """Return the JSON of a file.

    Raises
    ------
    InputError
        If it cannot be read, is too large, or is no JSON.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InputError(f"{path} is too large", got=f"{size:,} bytes", hint=f"at most {LARGEST:,}")
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(f"{path} is not there", hint="give the path of a curriculum file") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read", got=error.strerror, hint="give the path of a JSON file") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not valid JSON", got=error, hint="send the file as it was downloaded") from error
