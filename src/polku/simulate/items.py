"""The item bank: what each item asks, and how far a guess or a slip carries."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polku.curriculum import Curriculum

PER_SKILL = (6, 10)
CHOICE_SHARE = 0.35
WORD_PROBLEM_SHARE = 0.3
TWO_SKILL_SHARE = 0.1
HARDER, FLATTER = 1, 2
UNEVEN_SHARE = 0.05
"""Share of items that can be harder for a group, and of others that can be flatter; only a switch makes them so."""


@dataclass(frozen=True, slots=True, eq=False)
class ItemBank:
    """Items as columns; the items of a skill stand next to each other, skills in curriculum order.

    Parameters
    ----------
    skills : tuple of str
        Skill ids in curriculum order, length S.
    ids : ndarray of object, shape (n,)
        Item ids.
    start : ndarray of int64, shape (S + 1,)
        Items of skill ``s`` are ``start[s]:start[s + 1]``.
    skill, second : ndarray of int64, shape (n,)
        The skill an item is about, and a prerequisite that it needs as well (-1: none).
    demand : ndarray of float64, shape (n,)
        What the item asks, in the unit of strength; 1 is typical.
    guess, slip : ndarray of float64, shape (n,)
        Chance of success without knowledge, and of failure with full knowledge.
    word_problem : ndarray of bool, shape (n,)
        Whether the item is a text to read first.
    uneven : ndarray of int64, shape (n,)
        ``HARDER`` or ``FLATTER`` where a switch may make the item so for a group; 0 elsewhere.
    reference : ndarray of int64, shape (S,)
        The item of each skill with the median demand.
    """

    skills: tuple[str, ...]
    ids: NDArray[np.object_]
    start: NDArray[np.int64]
    skill: NDArray[np.int64]
    second: NDArray[np.int64]
    demand: NDArray[np.float64]
    guess: NDArray[np.float64]
    slip: NDArray[np.float64]
    word_problem: NDArray[np.bool_]
    uneven: NDArray[np.int64]
    reference: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.ids)

    def skill_ids(self, item: int) -> tuple[str, ...]:
        """Return the skills of one item, its own first."""
        both = (self.skill[item], self.second[item])
        return tuple(self.skills[index] for index in both if index >= 0)


def prerequisite_table(curriculum: Curriculum) -> NDArray[np.int64]:
    """Return the hard prerequisites of every skill as positions in the order.

    Returns
    -------
    ndarray of int64, shape (S, P)
        P is the largest number of prerequisites and at least one; rows are filled up with -1.
    """
    position = {skill: index for index, skill in enumerate(curriculum.order)}
    rows = [[position[before] for before in curriculum.skills[skill].prerequisites] for skill in curriculum.order]
    table = np.full((len(rows), max(1, max(map(len, rows), default=0))), -1, dtype=np.int64)
    for row, before in zip(table, rows, strict=True):
        row[: len(before)] = before
    return table


def draw_items(curriculum: Curriculum, rng: np.random.Generator) -> ItemBank:
    """Draw six to ten items for every skill of `curriculum`."""
    counts = rng.integers(PER_SKILL[0], PER_SKILL[1], endpoint=True, size=len(curriculum.order))
    start = np.concatenate(([0], np.cumsum(counts)))
    skill = np.repeat(np.arange(len(counts)), counts)
    n = len(skill)
    demand = np.exp(rng.normal(0.0, 0.35, n))
    choice = rng.random(n) < CHOICE_SHARE
    return ItemBank(
        skills=curriculum.order,
        ids=np.array([f"{curriculum.order[s]}-{k - start[s] + 1:02d}" for k, s in enumerate(skill)], dtype=object),
        start=start,
        skill=skill,
        second=_second_skills(prerequisite_table(curriculum), skill, rng),
        demand=demand,
        guess=np.where(choice, rng.uniform(0.2, 0.25, n), rng.uniform(0.01, 0.06, n)),
        slip=rng.uniform(0.01, 0.03, n) + 0.04 * np.minimum(demand, 2.0),
        word_problem=rng.random(n) < WORD_PROBLEM_SHARE,
        uneven=np.searchsorted([1 - 2 * UNEVEN_SHARE, 1 - UNEVEN_SHARE], rng.random(n), side="right"),
        reference=_median_items(demand, start),
    )


def _second_skills(before: NDArray[np.int64], skill: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Let a tenth of the items need one prerequisite of their skill as well."""
    how_many = (before >= 0).sum(axis=1)[skill]
    pick = (rng.random(len(skill)) * how_many).astype(np.int64)
    chosen = before[skill, pick]
    second: NDArray[np.int64] = np.where(rng.random(len(skill)) < TWO_SKILL_SHARE, chosen, -1)
    return second


def _median_items(demand: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each skill the item whose demand is the (lower) median."""
    middle = [low + np.argsort(demand[low:high])[(high - low - 1) // 2] for low, high in pairwise(start.tolist())]
    return np.array(middle, dtype=np.int64)
