"""The central noun of the room: a checked curriculum and what can be asked of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import graph
from polku.curriculum.checks import check
from polku.curriculum.document import canonical_text, document_of
from polku.curriculum.reading import parse, read_text
from polku.curriculum.values import Area, Content, Module, Objective, Skill, Subject, Transversal, natural_key
from polku.errors import NotFoundError, nearest
from polku.home import digest

UNGRADED = 99
"""Skills without a grade stand after those with one, where prerequisites leave the choice."""

CHOSEN = {"long", "short"}
"""Syllabuses a learner chooses between; what is common to both comes before them."""

DIGITS_TO_FLAGS = bytes.maketrans(b"01", b"\0\1")


class Curriculum:
    """Skills in curriculum order, with their prerequisites and the objectives they serve.

    Parameters
    ----------
    content : Content
        What the curriculum states.
    where : str, optional
        Name of its source, for errors.

    Attributes
    ----------
    skills : mapping of str to Skill
        In curriculum order.
    objectives, areas, modules : mapping
        By id. Every module is an area as well.
    subjects, transversals : mapping
        By id; empty in a curriculum of one subject.
    content : Content
        What the curriculum states.
    replaced_by : mapping of str to tuple of str
        Skills of earlier versions, with the skills that an answer to them now speaks for.
    order : tuple of str
        Skill ids so that each follows its prerequisites, and those it is recommended after unless that
        would be circular; free choices by grade, what is common before what is chosen, then id.
    hash : str
        SHA-256 of :meth:`to_json`.

    Raises
    ------
    DefinitionError
        If ids repeat, references dangle, prerequisites run in a circle, or a skill has no estimable objective.

    Examples
    --------
    >>> curriculum = Curriculum.from_json('{"skills": [{"id": "b", "prerequisites": ["a"]}, {"id": "a"}]}')
    >>> curriculum.order, curriculum.frontier([]), curriculum.frontier(["a"])
    (('a', 'b'), ('a',), ('b',))
    """

    def __init__(self, content: Content, *, where: str = "curriculum") -> None:
        check(content, where)
        self.content = content
        ranked = sorted(content.skills, key=_rank)
        rank = {skill.id: place for place, skill in enumerate(ranked)}
        places = graph.curriculum_order(
            [[rank[other] for other in skill.prerequisites] for skill in ranked],
            [[rank[other] for other in skill.recommended_after] for skill in ranked],
        )
        self.skills: Mapping[str, Skill] = {ranked[place].id: ranked[place] for place in places}
        self.order: tuple[str, ...] = tuple(self.skills)
        self.replaced_by: Mapping[str, tuple[str, ...]] = content.replaced_by
        self.objectives: Mapping[str, Objective] = {entry.id: entry for entry in content.objectives}
        self.modules: Mapping[str, Module] = {entry.id: entry for entry in content.modules}
        self.areas: Mapping[str, Area] = {entry.id: entry for entry in (*content.areas, *_as_areas(content.modules))}
        self.subjects: Mapping[str, Subject] = {entry.id: entry for entry in content.subjects}
        self.transversals: Mapping[str, Transversal] = {entry.id: entry for entry in content.transversals}
        self._index = {skill_id: place for place, skill_id in enumerate(self.order)}

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Curriculum:
        """Read a curriculum file: Polku's own form, its short form, or the form of the first hypothesis.

        Raises
        ------
        InputError
            If the file is absent, empty, not UTF-8 or not JSON.
        DefinitionError
            If its content does not hold together; says file, what, and what to try.
        """
        return cls.from_json(read_text(Path(path)), where=str(path))

    @classmethod
    def from_json(cls, text: str, *, where: str = "curriculum") -> Curriculum:
        """Build a curriculum from JSON text; `where` names the source in errors."""
        return cls(parse(text, where), where=where)

    @classmethod
    def of_skills(cls, skill_ids: Iterable[str]) -> Curriculum:
        """Return a bare curriculum: no prerequisites, no grades, each id its own title.

        Examples
        --------
        >>> Curriculum.of_skills(["10", "9", "10"]).order
        ('9', '10')
        """
        return cls(Content(skills=tuple(Skill.bare(skill_id) for skill_id in sorted(set(skill_ids)))))

    def __repr__(self) -> str:
        """Return name, version and size."""
        return f"<Curriculum {self.content.id} {self.content.version}: {len(self.skills)} skills>"

    def __len__(self) -> int:
        """Return the number of skills."""
        return len(self.order)

    def __contains__(self, skill_id: object) -> bool:
        """Return whether a skill of this id is in the curriculum."""
        return skill_id in self._index

    def index(self, skill_id: str) -> int:
        """Return the position of a skill in :attr:`order`.

        Raises
        ------
        NotFoundError
            If there is no such skill; names the nearest.
        """
        try:
            return self._index[skill_id]
        except KeyError:
            raise NotFoundError(
                "no such skill in the curriculum", got=skill_id, hint=nearest(skill_id, self.order)
            ) from None

    def area_of(self, skill_id: str) -> str:
        """Return the id of a skill's area, empty when unknown; raises as :meth:`index`."""
        return self.skills[self.order[self.index(skill_id)]].area

    def module_of(self, skill_id: str) -> Module | None:
        """Return a skill's upper-secondary module, if it has one; raises as :meth:`index`."""
        return self.modules.get(self.area_of(skill_id))

    def in_syllabus(self, syllabus: str) -> tuple[str, ...]:
        """Return skills of one upper-secondary syllabus with all that is common, in curriculum order.

        Parameters
        ----------
        syllabus : str
            ``long`` or ``short``.
        """
        return tuple(
            skill_id for skill_id, skill in self.skills.items() if skill.syllabus in {None, "common", syllabus}
        )

    def prerequisites(self, skill_id: str) -> tuple[str, ...]:
        """Return the direct hard prerequisites of a skill; raises as :meth:`index`."""
        return self.skills[self.order[self.index(skill_id)]].prerequisites

    def ancestors(self, skill_id: str) -> frozenset[str]:
        """Return all skills that a skill builds on, near and far; raises as :meth:`index`."""
        return self._named(self._ancestor_bits[self.index(skill_id)])

    def descendants(self, skill_id: str) -> frozenset[str]:
        """Return all skills that build on a skill, near and far; raises as :meth:`index`."""
        return self._named(self._descendant_bits[self.index(skill_id)])

    def frontier(self, mastered: Collection[str]) -> tuple[str, ...]:
        """Return the skills that are open next, in curriculum order.

        Parameters
        ----------
        mastered : collection of str
            Skill ids; ids from outside the curriculum change nothing.

        Returns
        -------
        tuple of str
            Skills not mastered whose hard prerequisites are all mastered.
        """
        shown = frozenset(mastered)
        return tuple(skill_id for skill_id, needs in self._needs if skill_id not in shown and needs <= shown)

    def prerequisite_arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return hard prerequisites in CSR form over :attr:`order`.

        Returns
        -------
        indptr : int32 array, shape (n_skills + 1,)
            Prerequisites of skill ``i`` stand at ``indices[indptr[i]:indptr[i + 1]]``.
        indices : int32 array, shape (n_edges,)
            Positions in :attr:`order`, ascending within a skill.
        """
        counts = [len(before) for before in self._predecessors]
        indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        indices = np.array([other for before in self._predecessors for other in before], dtype=np.int32)
        return indptr, indices

    def to_dict(self) -> dict[str, Any]:
        """Return all content in Polku's own form, ready for JSON, in an order that depends on nothing else."""
        return document_of(self.content, self.skills.values())

    def to_json(self) -> str:
        """Return the canonical text: the same content gives the same bytes."""
        return canonical_text(self.to_dict())

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @cached_property
    def replaced_hash(self) -> str:
        """SHA-256 of what replaces what, or empty where nothing was replaced."""
        pairs = [(old, sorted(new)) for old, new in sorted(self.replaced_by.items())]
        return digest(*map(repr, pairs)) if pairs else ""

    @cached_property
    def graph_hash(self) -> str:
        """SHA-256 of the edges alone, hard and soft: the same while only titles or objectives change."""
        edges = [
            (skill.id, sorted(skill.prerequisites), sorted(skill.recommended_after)) for skill in self.skills.values()
        ]
        return digest(*(repr(edge) for edge in sorted(edges)))

    @cached_property
    def _predecessors(self) -> list[list[int]]:
        return [sorted(self._index[other] for other in skill.prerequisites) for skill in self.skills.values()]

    @cached_property
    def _needs(self) -> list[tuple[str, frozenset[str]]]:
        return [(skill.id, frozenset(skill.prerequisites)) for skill in self.skills.values()]

    @cached_property
    def _ancestor_bits(self) -> list[int]:
        return graph.reach(range(len(self)), self._predecessors)

    @cached_property
    def _descendant_bits(self) -> list[int]:
        followers: list[list[int]] = [[] for _ in self.order]
        for place, before in enumerate(self._predecessors):
            for other in before:
                followers[other].append(place)
        return graph.reach(range(len(self) - 1, -1, -1), followers)

    def _named(self, bits: int) -> frozenset[str]:
        """Turn the bits of an integer into skill ids, lowest bit first."""
        flags = format(bits, "b").encode()[::-1].translate(DIGITS_TO_FLAGS)
        return frozenset(compress(self.order, flags))


def _rank(skill: Skill) -> tuple[int, bool, object]:
    """Return what decides between skills that are free to come next."""
    return skill.grade or UNGRADED, skill.syllabus in CHOSEN, natural_key(skill.id)


def _as_areas(modules: Iterable[Module]) -> list[Area]:
    """Return each module as the content area of its skills."""
    return [
        Area(module.id, module.code, dict.fromkeys(module.title, module.id), "lukio", module.title)
        for module in modules
    ]
