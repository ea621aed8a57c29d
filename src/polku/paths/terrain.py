"""The curriculum as arrays and bit sets, so that a plan costs microseconds per skill.

Sets of skills are bits of one Python integer: bit ``i`` is the skill at position ``i`` of the curriculum's
order. "How many unshown skills come before this one" is then an AND and a popcount, for any graph size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Area, Curriculum, Objective, Skill

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]

BAND_ENDS = {"1-2": 2, "3-6": 6, "7-9": 9, "lukio": 12}
"""Last grade of each band. The national curriculum sets no year within a band, so a skill without a
typical grade counts as met by the end of its band."""

SYLLABI = ("long", "short")
"""Of upper-secondary mathematics."""

_KNOWN: WeakKeyDictionary[Curriculum, Terrain] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of one kind, as positions: ``before[k]`` comes before ``after[k]``."""

    before: NDArray[np.intp]
    after: NDArray[np.intp]

    @classmethod
    def of(cls, lists: Sequence[Iterable[str]], index: dict[str, int]) -> Edges:
        """Return the edges from each skill's list of earlier skills."""
        pairs = [(index[name], after) for after, names in enumerate(lists) for name in names]
        table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        return cls(table[:, 0], table[:, 1])

    def count(self, mask: Mask) -> Numbers:
        """Return, for each skill, how many of its earlier neighbours are in `mask`; shape (n,)."""
        return np.bincount(self.after, weights=mask[self.before], minlength=len(mask)).astype(np.float64)

    def touch(self, mask: Mask) -> Mask:
        """Return which skills are an earlier neighbour of one in `mask`; shape (n,)."""
        touched = np.zeros(len(mask), dtype=np.bool_)
        touched[self.before[mask[self.after]]] = True
        return touched


@dataclass(frozen=True, eq=False)
class Terrain:
    """A curriculum made ready for planning; `n` skills in curriculum order.

    Attributes
    ----------
    skills : tuple of Skill
        In curriculum order.
    index : dict
        Position by skill id.
    grade : float64 array, shape (n,)
        Typical grade, else the last grade of the band, else NaN.
    area : intp array, shape (n,)
        Code of the content area; -1 where unknown.
    hard, soft : Edges
        Prerequisites and recommended order.
    ancestors, descendants : tuple of int
        Bit sets over hard prerequisites, the skill itself left out.
    objectives, areas : mapping
        The curriculum's, by id.
    """

    skills: tuple[Skill, ...]
    index: dict[str, int]
    grade: Numbers
    area: NDArray[np.intp]
    hard: Edges
    soft: Edges
    ancestors: tuple[int, ...]
    descendants: tuple[int, ...]
    objectives: Mapping[str, Objective]
    areas: Mapping[str, Area]

    def __len__(self) -> int:
        """Return the number of skills."""
        return len(self.skills)

    @cached_property
    def before(self) -> NDArray[np.intp]:
        """Hard prerequisites of every skill as positions, shape (n, P), filled up with `n`; P is one at least."""
        count = np.bincount(self.hard.after, minlength=len(self))
        table = np.full((len(self), max(1, count.max(initial=0))), len(self), dtype=np.intp)
        order = np.argsort(self.hard.after, kind="stable")
        after = self.hard.after[order]
        table[after, np.arange(len(after)) - (np.cumsum(count) - count)[after]] = self.hard.before[order]
        return table

    @cached_property
    def with_ancestors(self) -> tuple[int, ...]:
        """Bit sets of every skill with all that it builds on."""
        return tuple(bits | 1 << place for place, bits in enumerate(self.ancestors))

    @cached_property
    def next_up(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the skills that build directly on each."""
        found: list[list[int]] = [[] for _ in self.skills]
        for before, after in zip(self.hard.before.tolist(), self.hard.after.tolist(), strict=True):
            found[before].append(after)
        return tuple(map(tuple, found))

    @cached_property
    def closure(self) -> Edges:
        """Every skill with each that it builds on, directly or not."""
        pairs = [(before, after) for after, bits in enumerate(self.ancestors) for before in positions(bits)]
        table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        return Edges(table[:, 0], table[:, 1])

    @cached_property
    def syllabi(self) -> Mapping[str, Mask]:
        """Which skills are of which syllabus alone."""
        own = np.array([skill.syllabus or "" for skill in self.skills], dtype=np.str_)
        return {name: own == name for name in SYLLABI}

    @classmethod
    def of(cls, curriculum: Curriculum) -> Terrain:
        """Return the terrain of a curriculum; built once for each curriculum object."""
        known = _KNOWN.get(curriculum)
        if known is None:
            known = _KNOWN[curriculum] = cls._build(curriculum)
        return known

    @classmethod
    def _build(cls, curriculum: Curriculum) -> Terrain:
        skills = tuple(curriculum.skills.values())
        index = {skill.id: place for place, skill in enumerate(skills)}
        codes = {area: code for code, area in enumerate(sorted({skill.area for skill in skills if skill.area}))}
        hard = Edges.of([skill.prerequisites for skill in skills], index)
        ancestors, descendants = [0] * len(skills), [0] * len(skills)
        for before, after in zip(hard.before.tolist(), hard.after.tolist(), strict=True):
            ancestors[after] |= ancestors[before] | 1 << before
        for before, after in sorted(zip(hard.before.tolist(), hard.after.tolist(), strict=True), reverse=True):
            descendants[before] |= descendants[after] | 1 << after
        return cls(
            skills,
            index,
            np.array([effective_grade(skill) for skill in skills], dtype=np.float64),
            np.array([codes.get(skill.area, -1) for skill in skills], dtype=np.intp),
            hard,
            Edges.of([skill.recommended_after for skill in skills], index),
            tuple(ancestors),
            tuple(descendants),
            curriculum.objectives,
            curriculum.areas,
        )

    def mask(self, names: Iterable[str]) -> Mask:
        """Return which skills are named; names from outside the curriculum change nothing."""
        return self.among(self.index[name] for name in names if name in self.index)

    def among(self, places: Iterable[int]) -> Mask:
        """Return which skills stand at some positions."""
        chosen = np.zeros(len(self), dtype=np.bool_)
        chosen[list(places)] = True
        return chosen

    def with_beneath(self, places: Iterable[int]) -> int:
        """Return the skills at some positions and all that they build on, as a bit set."""
        sets = self.with_ancestors
        return reduce(or_, [sets[place] for place in places], 0)


def effective_grade(skill: Skill) -> float:
    """Return the grade by which a skill is usually met, NaN where neither grade nor band is known."""
    return float(skill.grade if skill.grade is not None else BAND_ENDS.get(skill.band, np.nan))


def to_bits(mask: Mask) -> int:
    """Return a boolean array as a bit set.

    Examples
    --------
    >>> to_bits(np.array([True, False, True]))
    5
    """
    return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")


def bits_of(places: Iterable[int]) -> int:
    """Return the bit set of some positions.

    Examples
    --------
    >>> bits_of([0, 2])
    5
    """
    return reduce(or_, (1 << place for place in places), 0)


def positions(bits: int) -> list[int]:
    """Return the positions in a bit set, ascending.

    Examples
    --------
    >>> positions(5)
    [0, 2]
    """
    packed = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), dtype=np.uint8)
    found: list[int] = np.unpackbits(packed, bitorder="little").nonzero()[0].tolist()
    return found
